/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * parity sim|live DIR OUT: play the script (script.c) with the nodes of the testbed in DIR,
 * simulated, or as they run there; what the driver was answered goes to OUT/driver.log, and
 * of simulated nodes what each heard and said to OUT/NNNN.log. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/parity/script.h"

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    TestbedPlan plan;

    if (argc != 4 || crypto_setup() != ST_OK ||
        !testbed_plan_open(argv[2], 0, NULL, &plan, &error) || plan.network == 0) {
        fprintf(stderr, "usage: parity sim|live DIR OUT: %s\n",
                error == NULL ? "DIR is no testbed's" : error->message);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (strcmp(argv[1], "sim") == 0)
        play_simulated(&plan, argv[3]);
    else
        play_live(&plan, argv[3]);
    printf("%zu steps\n", script_steps);
    testbed_plan_clear(&plan);
    return 0;
}
