/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * glibc's heap, as a simulation wants it.  In huge pages: a large world's memory is touched
 * at random, and with pages of 4 kB each touch misses the TLB too, a tenth of the time with
 * 100,000 clients.  And with more freed pieces of each size kept at hand than 7: messages
 * come and go in bursts, 3 % of the time of `bench echo` (HACKING.md).  And grown by 64 MB
 * at a time, so that a thread can touch what is new before it is needed
 * (scenarios/heap_ahead.h). */
#pragma once

/* Start this program again with these settings, which can only be made in the environment
 * and before the start (GLIBC_TUNABLES).  Returns, and nothing has changed, when
 * GLIBC_TUNABLES is set (by us, or because somebody knows better) or the start fails.  To
 * be called before anything was opened or written. */
void allocator_set(char **argv);
