/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread that touches the heap's new pages before the simulation does.  The first touch
 * of a page is work of the kernel, and in a virtual machine of the host too: 3.4 s a GB on
 * one of ours (HACKING.md), in which no event is handled.  It changes no result. */
#pragma once

#include <stddef.h>

typedef struct HeapAhead HeapAhead;

/* Begin, once the heap (sbrk) has grown by @from_bytes from now on: a small world need not
 * touch what it never uses.  The heap must grow in steps for it to be of use
 * (glibc.malloc.top_pad).  Does nothing where the system can't (before Linux 5.14). */
HeapAhead *heap_ahead_start(size_t from_bytes);
/* End it; NULL is allowed. */
void heap_ahead_stop(HeapAhead *ahead);

/* What runs of worlds want: beyond what fits in one step of the heap (cli/allocator.c). */
enum { HEAP_AHEAD_FROM_BYTES = 256 * 1024 * 1024 };
