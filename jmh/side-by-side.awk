# Rounds of jmh/side-by-side and jmh/ring (round, device, pattern, depth, IOPS, processor time, latency) to tables of medians, and of ratios a round.
BEGIN { FS = "\t" }
{
    workload = $3 " depth " $4
    iops[$2, workload, $1] = $5
    cpu[$2, workload, $1] = $6
    p99[$2, workload, $1] = $7
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
# Where the median of n sorted values is by 95 %, by the sign test: all of them for fewer than six.
function interval(values, n,    k) {
    k = int((n - 1.96 * sqrt(n)) / 2)
    if (k < 1) k = 1
    return sprintf("%.2f..%.2f", values[k], values[n + 1 - k])
}
# The ratios of what is in of[], which is iops, cpu or p99.
function ratios(of, device, peer,    w, r, q, n, m) {
    for (w = 1; w <= nWorkloads; w++) {
        n = 0
        for (r = 1; r <= rounds; r++) if (of[peer, workloads[w], r] > 0) q[++n] = of[device, workloads[w], r] / of[peer, workloads[w], r]
        if (n == 0) continue
        m = median(q, n)
        printf "| %s / %s | %s | %.2f | %s | %.2f..%.2f |\n", device, peer, workloads[w], m, interval(q, n), q[1], q[n]
    }
}
function ratioTable(device, peer) {
    if (device in seenDevice && peer in seenDevice) pairs[++nPairs] = device " " peer
}
function table(of, title,    p, names) {
    printf "\n## %s\n\n| ratio | work | median | median by 95 %% | min..max |\n|---|---|---|---|---|\n", title
    for (p = 1; p <= nPairs; p++) {
        split(pairs[p], names, " ")
        ratios(of, names[1], names[2])
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
    ratioTable("java-ring", "c-ring"); ratioTable("java-ring", "fio-ring"); ratioTable("java-queue", "java-ring"); ratioTable("java-queue", "fio-ring")
    ratioTable("java-linear", "lower"); ratioTable("java-linear", "kernel-linear"); ratioTable("java-linear", "c-loop")
    ratioTable("java-mirror", "kernel-mirror"); ratioTable("java-crypt", "kernel-crypt")
    ratioTable("java-verity", "kernel-verity"); ratioTable("java-snapshot", "kernel-snapshot")
    ratioTable("java-flakey", "java-linear"); ratioTable("java-delay", "java-linear"); ratioTable("java-trace", "java-linear")
    ratioTable("java-disk", "c-disk"); ratioTable("java-disk-zc", "c-disk-zc"); ratioTable("java-disk-zc", "java-disk")
    ratioTable("c-disk-zc", "c-disk"); ratioTable("java-null", "c-null"); ratioTable("java-null-zc", "c-null-zc")
    ratioTable("java-null-zc", "java-null"); ratioTable("java-crypt-zc", "java-crypt")
    ratioTable("java-stripe2", "c-stripe2"); ratioTable("java-stripe4", "c-stripe4")
    ratioTable("java-stripe2", "kernel-stripe2"); ratioTable("java-stripe4", "kernel-stripe4")
    ratioTable("java-null", "java-zero"); ratioTable("java-zero", "kernel-zero"); ratioTable("java-zero", "c-null"); ratioTable("c-loop", "lower"); ratioTable("kernel-linear", "lower")
    table(iops, "Ratios of the IOPS of the same round")
    for (i in cpu) if (cpu[i] > 0) { table(cpu, "Ratios of the processor time an I/O"); break }
    for (i in p99) if (p99[i] > 0) { table(p99, "Ratios of the 99th percentile of the latency"); break }
}
