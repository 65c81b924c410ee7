package io.dmctl.lab;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `dmctl --compat=dmstats` answers the command lines of `dmstats-lines.txt` as dmstats does.
@LabTest(
        disks = {"64M", "64M"},
        timeoutSeconds = 600)
class StatsLinesLabIT {
    static List<CompatLine.Scenario> scenarios() {
        return CompatLine.scenarios("dmstats-lines.txt");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void saysTheSame(CompatLine.Scenario scenario) throws IOException {
        CompatComparison.compare(scenario);
    }
}
