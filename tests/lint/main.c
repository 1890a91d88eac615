/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An empty program: a room's library is linked whole into it together with the rooms below
 * and nothing else, so that a call upwards is an undefined reference. */
int
main(void)
{
    return 0;
}
