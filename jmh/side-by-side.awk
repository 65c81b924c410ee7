# Rounds of jmh/side-by-side (round, device, pattern, depth, IOPS) to tables of medians, and of ratios a round.
BEGIN { FS = "\t" }
{
    workload = $3 " depth " $4
    iops[$2, workload, $1] = $5
    if (!(workload in seenWorkload)) { seenWorkload[workload] = 1; workloads[++nWorkloads] = workload }
    if (!($2 in seenDevice)) { seenDevice[$2] = 1; devices[++nDevices] = $2 }
    if ($1 > rounds) rounds = $1
}
function sort(values, n,    i, j, v) {
    for (i = 2; i <= n; i++) {
        v = values[i]
        for (j = i - 1; j >= 1 && values[j] > v; j--) values[j + 1] = values[j]
        values[j + 1] = v
    }
}
function median(values, n) { sort(values, n); return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2 }
function ratioTable(device, peer,    w, r, q, n, m) {
    if (!(device in seenDevice) || !(peer in seenDevice)) return
    for (w = 1; w <= nWorkloads; w++) {
        n = 0
        for (r = 1; r <= rounds; r++) if (iops[peer, workloads[w], r] > 0) q[++n] = iops[device, workloads[w], r] / iops[peer, workloads[w], r]
        if (n == 0) continue
        m = median(q, n)
        printf "| %s / %s | %s | %.2f | %.2f..%.2f |\n", device, peer, workloads[w], m, q[1], q[n]
    }
}
END {
    print "## IOPS\n\n| device | work | median | each round |\n|---|---|---|---|"
    for (d = 1; d <= nDevices; d++) for (w = 1; w <= nWorkloads; w++) {
        if (!((devices[d], workloads[w], 1) in iops)) continue
        line = ""
        for (r = 1; r <= rounds; r++) { v[r] = iops[devices[d], workloads[w], r] + 0; line = line (r > 1 ? " " : "") v[r] }
        printf "| %s | %s | %d | %s |\n", devices[d], workloads[w], median(v, rounds), line
    }
    print "\n## Ratios, from the IOPS of the same round\n\n| ratio | work | median | min..max |\n|---|---|---|---|"
    ratioTable("java-linear", "lower"); ratioTable("java-linear", "kernel-linear"); ratioTable("java-linear", "c-loop")
    ratioTable("java-mirror", "kernel-mirror"); ratioTable("java-crypt", "kernel-crypt")
    ratioTable("java-verity", "kernel-verity"); ratioTable("java-snapshot", "kernel-snapshot")
    ratioTable("java-flakey", "java-linear"); ratioTable("java-delay", "java-linear"); ratioTable("java-trace", "java-linear")
    ratioTable("java-null", "java-zero"); ratioTable("java-zero", "kernel-zero"); ratioTable("java-zero", "c-null"); ratioTable("c-loop", "lower"); ratioTable("kernel-linear", "lower")
}
