/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a running testbed is spoken to: a socket in its folder.  One line is a command, its
 * words apart by spaces; the answer is `ok`, or `error: ` and a sentence, or text that ends
 * with the connection. */
#pragma once

#include <gio/gio.h>

typedef struct Control Control;
typedef struct ControlRequest ControlRequest;

/* Answer it now or later, once. */
typedef void (*ControlReceive)(void *context, ControlRequest *request, char *const *words);

/* NULL with @error: another testbed runs there, or the path is too long for a socket. */
Control *control_new(const char *path, ControlReceive receive, void *context,
                     GError **error);
void control_free(Control *control); /* removes the socket; takes NULL */
void control_answer(ControlRequest *request, const char *text); /* frees it */

/* The other side: say @line and wait for the answer, to be freed; NULL with @error. */
char *control_ask(const char *path, const char *line, GError **error);
