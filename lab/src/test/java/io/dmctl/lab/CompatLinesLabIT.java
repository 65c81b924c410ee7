package io.dmctl.lab;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `dmctl --compat=dmsetup` answers the command lines of `dmsetup-lines.txt` as dmsetup does.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 600)
class CompatLinesLabIT {
    static List<CompatLine.Scenario> scenarios() {
        return CompatLine.scenarios("dmsetup-lines.txt");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void saysTheSame(CompatLine.Scenario scenario) throws IOException {
        CompatComparison.compare(scenario);
    }
}
