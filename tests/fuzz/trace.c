/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Data files of experiments: two CSV texts of uptimes (a NUL parts them), and a matrix of
 * round-trip times. */
#include "tests/fuzz/trace_check.h"

#include "sim/net/rtt_matrix.h"

static void
read_trace(Bytes nodes, Bytes up)
{
    UptimeTrace *trace = NULL;
    size_t line = 0;
    bool in_up;
    const char *error = NULL;

    if (uptime_trace_parse(nodes, up, &trace, &line, &in_up, &error) == ST_OK)
        check_trace(trace);
    else
        fuzz_check(trace == NULL && line > 0 && error != NULL);
    uptime_trace_free(trace);
}

static void
read_matrix(Bytes text)
{
    uint32_t *rtt = NULL, n = 0;
    size_t line = 0;
    const char *error = NULL;

    if (net_parse_rtt(text, (RttUnit)(text.n % 3), &rtt, &n, &line, &error) == ST_OK) {
        fuzz_check(n > 0 && n <= NET_RTT_HOSTS_MAX && text.n >= (size_t)n * n);
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = 0; j <= i; j++)
                fuzz_check(rtt[i * n + j] == rtt[j * n + i] &&
                           (i != j || rtt[i * n + j] == 0));
    } else {
        fuzz_check(rtt == NULL && n == 0 && line > 0 && error != NULL);
    }
    free(rtt);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *end = n > 0 ? memchr(data, '\0', n) : NULL;

    if (end == NULL)
        read_matrix((Bytes){ data, n });
    else
        read_trace((Bytes){ data, (size_t)(end - data) },
                   (Bytes){ end + 1, n - (size_t)(end - data) - 1 });
    return 0;
}
