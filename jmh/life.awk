# Rounds of jmh/life (part, measure, peer, number, value) to a table for each measure: a line a number, a column a peer, medians and ranges.
BEGIN { FS = "\t" }
{
    title = $1 ": " $2
    if (!(title in seen)) { seen[title] = 1; titles[++nTitles] = title }
    if (!((title, $3) in seen)) { seen[title, $3] = 1; peers[title, ++nPeers[title]] = $3 }
    if (!((title, "n", $4) in seen)) { seen[title, "n", $4] = 1; numbers[title, ++nNumbers[title]] = $4 }
    values[title, $3, $4, ++count[title, $3, $4]] = $5
}
function sort(v, n,    i, j, x) {
    for (i = 2; i <= n; i++) {
        x = v[i]
        for (j = i - 1; j >= 1 && v[j] > x; j--) v[j + 1] = v[j]
        v[j + 1] = x
    }
}
function show(x) { return x == int(x) || x >= 1000 ? sprintf("%d", x) : sprintf(x < 10 ? "%.2f" : "%.1f", x) }
function cell(title, peer, number,    n, i, v, median) {
    n = count[title, peer, number]
    if (n == 0) return "-"
    for (i = 1; i <= n; i++) v[i] = values[title, peer, number, i] + 0
    sort(v, n)
    median = n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
    return n == 1 ? show(median) : show(median) " (" show(v[1]) ".." show(v[n]) ")"
}
END {
    for (t = 1; t <= nTitles; t++) {
        title = titles[t]
        printf "\n## %s\n\n| n |", title
        for (p = 1; p <= nPeers[title]; p++) printf " %s |", peers[title, p]
        printf "\n|---|"
        for (p = 1; p <= nPeers[title]; p++) printf "---|"
        printf "\n"
        for (i = 1; i <= nNumbers[title]; i++) {
            printf "| %s |", numbers[title, i]
            for (p = 1; p <= nPeers[title]; p++) printf " %s |", cell(title, peers[title, p], numbers[title, i])
            printf "\n"
        }
    }
}
