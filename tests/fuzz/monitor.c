/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request of monitor.messages: a subscription to an account's messages. */
#include "tests/fuzz/fuzz.h"

#include "nodes/service/monitor_parse.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    MonitorRequest request;
    MonitorError error;
    BencodeValue dict;

    if (bencode_parse((Bytes){ data, n }, &dict) != ST_OK || dict.type != BENCODE_DICT)
        return 0;
    error = monitor_parse(dict, &request);
    fuzz_check((error.code == MONITOR_OK) == (error.text == NULL));
    if (error.code != MONITOR_OK)
        return 0;
    fuzz_check(request.n_name_spaces > 0 &&
               request.n_name_spaces <= MONITOR_NAMESPACES_MAX);
    for (uint16_t i = 1; i < request.n_name_spaces; i++)
        fuzz_check(request.name_spaces[i - 1] < request.name_spaces[i]);
    return 0;
}
