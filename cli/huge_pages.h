/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Huge pages for the heap.  A large world's memory is touched at random, and with pages of
 * 4 kB each touch misses the TLB too: a tenth of the time with 100,000 clients
 * (HACKING.md). */
#pragma once

/* Start this program again with glibc's heap in huge pages, which can only be asked for in
 * the environment and before the start (GLIBC_TUNABLES, glibc.malloc.hugetlb).  Returns,
 * and nothing has changed, when GLIBC_TUNABLES is set (by us, or because somebody knows
 * better) or the start fails.  To be called before anything was opened or written. */
void huge_pages_ask(char **argv);
