/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables of what people did: read, written back the same, and what is wrong in a line. */
#include <glib.h>
#include <string.h>

#include "clients/workload/message_trace.h"
#include "clients/workload/workload.h"

#define HEAD "t,from,to,kind,bytes\n"

static MessageTrace *
read_good(const char *text)
{
    MessageTrace *trace = NULL;
    const char *why = "";
    size_t line = 0;
    Status status = message_trace_parse(bytes_of_text(text), &trace, &line, &why);

    if (status != ST_OK)
        g_error("line %zu: %s", line, why);
    return trace;
}

static const char all_kinds[] = HEAD "0.000000000,3,,online,\n"
                                     "0.000000001,3,room:2,join,\n"
                                     "0.500000000,3,group:1,create,\n"
                                     "0.500000000,4,group:1,member,\n"
                                     "0.500000000,5,group:1,member,\n"
                                     "1.250000000,3,4,text,60\n"
                                     "1.250000000,3,group:1,image,150000\n"
                                     "2.000000000,3,room:2,voice,9000\n"
                                     "2.000000000,4,3,file,1\n"
                                     "3.000000000,6,group:1,add,\n"
                                     "3.000000000,5,group:1,remove,\n"
                                     "86400.123456789,3,,offline,\n";

static void
test_there_and_back(void)
{
    MessageTrace *trace = read_good(all_kinds);
    Buffer out = BUFFER_EMPTY;

    g_assert_cmpuint(trace->n, ==, 12);
    g_assert_cmpuint(trace->people, ==, 7);
    g_assert_cmpuint(trace->groups, ==, 2);
    g_assert_cmpuint(trace->rooms, ==, 3);
    g_assert_true(trace->has_presence);
    g_assert_cmpint(trace->deed[11].at, ==, DAY + 123456789);
    g_assert_cmpint(trace->deed[6].place, ==, PERSON_TO_GROUP);
    g_assert_cmpuint(trace->deed[6].bytes, ==, 150000);
    message_trace_write_head(&out);
    for (size_t i = 0; i < trace->n; i++)
        message_trace_write(&trace->deed[i], &out);
    g_assert_cmpmem(out.p, out.n, all_kinds, sizeof all_kinds - 1);
    buffer_clear(&out);
    message_trace_free(trace);
}

/* Columns in another order, one that nobody asks for, blanks, comments, other line ends. */
static void
test_free_form(void)
{
    MessageTrace *trace = read_good("kind, note ,bytes,to,from,t\r\n"
                                    "# a comment\r\n"
                                    "\r\n"
                                    "text,hello, 60 ,1,0,12\r\n"
                                    "text,,45,0,1,12.5");

    g_assert_cmpuint(trace->n, ==, 2);
    g_assert_false(trace->has_presence);
    g_assert_cmpint(trace->deed[0].at, ==, 12 * SECOND);
    g_assert_cmpuint(trace->deed[0].bytes, ==, 60);
    g_assert_cmpint(trace->deed[1].at, ==, 12 * SECOND + 500 * MILLISECOND);
    message_trace_free(trace);
}

static void
test_bad(void)
{
    static const struct {
        const char *text;
        size_t line;
        const char *why; /* a part of it */
    } cases[] = {
        { "", 1, "no line" },
        { "# nothing\n", 1, "no line" },
        { HEAD, 1, "no line" },
        { "0,1,2,text,5\n", 1, "first line" },
        { "t,from,to,kind\n0,1,2,text\n", 1, "first line" },
        { HEAD "0,1,2,text\n", 2, "as many fields" },
        { HEAD "0,1,2,text,5,6\n", 2, "as many fields" },
        { HEAD "0,1,2,text,5\n\n-1,1,2,text,5\n", 4, "t: expected seconds" },
        { HEAD ",1,2,text,5\n", 2, "t: expected seconds" },
        { HEAD "1e3,1,2,text,5\n", 2, "t: expected seconds" },
        { HEAD "1.0000000001,1,2,text,5\n", 2, "t: expected seconds" },
        { HEAD "1000000000,1,2,text,5\n", 2, "t: expected seconds" },
        { HEAD "5,1,2,text,5\n4.9,1,2,text,5\n", 3, "no time before" },
        { HEAD "0,x,2,text,5\n", 2, "from: expected" },
        { HEAD "0,,2,text,5\n", 2, "from: expected" },
        { HEAD "0,10000000,2,text,5\n", 2, "from: expected" },
        { HEAD "0,1,2,song,5\n", 2, "kind: expected" },
        { HEAD "0,1,two,text,5\n", 2, "to: expected" },
        { HEAD "0,1,group:,text,5\n", 2, "to: expected" },
        { HEAD "0,1,room:1000,text,5\n", 2, "to: expected" },
        { HEAD "0,1,,text,5\n", 2, "expected to =" },
        { HEAD "0,1,1,text,5\n", 2, "another person" },
        { HEAD "0,1,2,text,0\n", 2, "at least 1" },
        { HEAD "0,1,2,text,\n", 2, "at least 1" },
        { HEAD "0,1,2,file,10000001\n", 2, "at most 10000000" },
        { HEAD "0,1,2,online,\n", 2, "empty to" },
        { HEAD "0,1,2,create,\n", 2, "group:N" },
        { HEAD "0,1,room:2,add,\n", 2, "group:N" },
        { HEAD "0,1,group:2,join,\n", 2, "room:N" },
        { HEAD "0,1,group:2,text,5\n", 2, "create line of this group" },
        { HEAD "0,1,group:2,member,\n", 2, "create line of this group" },
        { HEAD "0,1,group:2,create,\n1,2,group:2,member,\n", 3, "right behind" },
        { HEAD "0,1,group:2,create,\n0,1,3,text,5\n0,2,group:2,member,\n", 4,
          "right behind" },
        { HEAD "0,1,group:2,create,\n0,1,group:2,create,\n", 3, "no line above" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        MessageTrace *trace = NULL;
        const char *why = NULL;
        size_t line = 0;

        g_assert_cmpint(
            message_trace_parse(bytes_of_text(cases[i].text), &trace, &line, &why), !=,
            ST_OK);
        g_assert_null(trace);
        g_assert_cmpuint(line, ==, cases[i].line);
        if (strstr(why, cases[i].why) == NULL)
            g_error("case %u: '%s' has no '%s'", i, why, cases[i].why);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/workload/message-trace/there-and-back", test_there_and_back);
    g_test_add_func("/workload/message-trace/free-form", test_free_form);
    g_test_add_func("/workload/message-trace/bad", test_bad);
    return g_test_run();
}
