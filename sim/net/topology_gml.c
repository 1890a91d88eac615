/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/net/topology_gml.h"
#include "nodes/base/memory.h"

#include <assert.h>
#include <stdlib.h>

enum { DEEP_MAX = 16, NUMBER_BYTES_MAX = 40 };

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_WORD,
    TOKEN_TEXT,
    TOKEN_OPEN,
    TOKEN_CLOSE
} TokenKind;

/* A key, a number (a word too), a text without its quotes, or a bracket. */
typedef struct Token {
    TokenKind kind;
    Bytes bytes;
    size_t line;
} Token;

typedef struct Gml {
    Reader in;
    size_t line;
    GmlError error;
    GmlGraph *graph;
} Gml;

static Status
fail_at(Gml *gml, size_t line, Status status, const char *expected)
{
    gml->error = (GmlError){ line, expected };
    return status;
}

/* --- tokens --- */

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
ends_word(uint8_t c)
{
    return is_space(c) || c == '[' || c == ']' || c == '"' || c == '#';
}

static void
step(Gml *gml)
{
    gml->line += gml->in.p[0] == '\n';
    gml->in.p++;
    gml->in.left--;
}

/* Blanks, and comments up to the end of the line. */
static void
skip_space(Gml *gml)
{
    bool comment = false;

    while (gml->in.left > 0) {
        uint8_t c = gml->in.p[0];

        if (c == '#')
            comment = true;
        if (c == '\n')
            comment = false;
        if (!comment && !is_space(c))
            return;
        step(gml);
    }
}

static Status
next_token(Gml *gml, Token *ret)
{
    const uint8_t *begin;

    skip_space(gml);
    *ret = (Token){ .line = gml->line };
    if (gml->in.left == 0)
        return ST_OK;
    begin = gml->in.p;
    if (*begin == '[' || *begin == ']') {
        ret->kind = *begin == '[' ? TOKEN_OPEN : TOKEN_CLOSE;
        step(gml);
        return ST_OK;
    }
    if (*begin == '"') {
        step(gml);
        while (gml->in.left > 0 && gml->in.p[0] != '"')
            step(gml);
        if (gml->in.left == 0)
            return fail_at(gml, ret->line, ST_TRUNCATED, "a text that ends is expected");
        ret->kind = TOKEN_TEXT;
        ret->bytes = (Bytes){ begin + 1, (size_t)(gml->in.p - begin) - 1 };
        step(gml);
        return ST_OK;
    }
    while (gml->in.left > 0 && !ends_word(gml->in.p[0]))
        step(gml);
    ret->kind = TOKEN_WORD;
    ret->bytes = (Bytes){ begin, (size_t)(gml->in.p - begin) };
    return ST_OK;
}

/* A key, or the end of the list (or of the text, outside of all lists). */
static Status
next_key(Gml *gml, bool outermost, Token *ret, bool *ret_ends)
{
    Status status = next_token(gml, ret);

    if (status != ST_OK)
        return status;
    *ret_ends = ret->kind == (outermost ? TOKEN_END : TOKEN_CLOSE);
    if (*ret_ends || ret->kind == TOKEN_WORD)
        return ST_OK;
    return fail_at(gml, ret->line, ret->kind == TOKEN_END ? ST_TRUNCATED : ST_MALFORMED,
                   outermost ? "a key is expected" : "a key or ] is expected");
}

/* The value of a key that does not count: lists with all that is in them. */
static Status
skip_value(Gml *gml)
{
    unsigned deep = 0;

    do {
        Token token;
        Status status = next_token(gml, &token);

        if (status != ST_OK)
            return status;
        if (token.kind == TOKEN_END || (token.kind == TOKEN_CLOSE && deep == 0))
            return fail_at(gml, token.line, ST_MALFORMED, "a value is expected");
        if (token.kind == TOKEN_OPEN && ++deep > DEEP_MAX)
            return fail_at(gml, token.line, ST_TOO_LARGE,
                           "at most 16 lists in each other are expected");
        if (token.kind == TOKEN_CLOSE)
            deep--;
    } while (deep > 0);
    return ST_OK;
}

static Status
open_list(Gml *gml)
{
    Token token;
    Status status = next_token(gml, &token);

    if (status != ST_OK || token.kind == TOKEN_OPEN)
        return status;
    return fail_at(gml, token.line, ST_MALFORMED, "[ is expected");
}

/* --- values --- */

static Status
read_value(Gml *gml, TokenKind kind, const char *expected, Token *ret)
{
    Status status = next_token(gml, ret);

    if (status != ST_OK || ret->kind == kind)
        return status;
    return fail_at(gml, ret->line, ST_MALFORMED, expected);
}

/* A whole number from 0 to @max. */
static Status
read_whole(Gml *gml, int64_t max, const char *expected, int64_t *ret)
{
    int64_t value = 0;
    Token token;
    Status status = read_value(gml, TOKEN_WORD, expected, &token);

    if (status != ST_OK)
        return status;
    for (size_t i = 0; i < token.bytes.n; i++) {
        int digit = token.bytes.p[i] - '0';

        if (digit < 0 || digit > 9 || digit > max || value > (max - digit) / 10)
            return fail_at(gml, token.line, ST_RANGE, expected);
        value = value * 10 + digit;
    }
    *ret = value;
    return ST_OK;
}

/* A number from 0 to 1: 0, 0.25, 1e-05. */
static Status
read_share(Gml *gml, const char *expected, float *ret)
{
    char text[NUMBER_BYTES_MAX + 1], *end;
    Token token;
    double value;
    Status status = read_value(gml, TOKEN_WORD, expected, &token);

    if (status != ST_OK)
        return status;
    if (token.bytes.n > NUMBER_BYTES_MAX)
        return fail_at(gml, token.line, ST_RANGE, expected);
    memcpy(text, token.bytes.p, token.bytes.n);
    text[token.bytes.n] = '\0';
    if (text[strspn(text, "0123456789.eE+-")] != '\0')
        return fail_at(gml, token.line, ST_MALFORMED, expected);
    value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= 0 && value <= 1))
        return fail_at(gml, token.line, ST_RANGE, expected);
    *ret = (float)value;
    return ST_OK;
}

static Status
read_latency(Gml *gml, uint32_t *ret_us)
{
    static const char expected[] = "a text with a time and its unit, such as \"10 ms\", is "
                                   "expected (at most 4294 s)";
    Token token;
    Status status = read_value(gml, TOKEN_TEXT, expected, &token);

    if (status != ST_OK || gml_read_latency(token.bytes, ret_us))
        return status;
    return fail_at(gml, token.line, ST_RANGE, expected);
}

static Status
read_bandwidth(Gml *gml, double *ret)
{
    static const char expected[] = "a text with a rate and its unit, such as \"100 Mbit\", "
                                   "is expected";
    Token token;
    Status status = read_value(gml, TOKEN_TEXT, expected, &token);

    if (status != ST_OK || gml_read_bandwidth(token.bytes, ret))
        return status;
    return fail_at(gml, token.line, ST_RANGE, expected);
}

/* Two letters of either case are a country; any other text is none. */
static Status
read_country(Gml *gml, char ret[3])
{
    Token token;
    Status status = read_value(gml, TOKEN_TEXT, "a text is expected", &token);

    if (status != ST_OK)
        return status;
    memset(ret, 0, 3);
    if (token.bytes.n != 2)
        return ST_OK;
    for (size_t i = 0; i < 2; i++) {
        int letter = token.bytes.p[i] & ~('a' - 'A');

        ret[i] = (char)letter;
        if (letter < 'A' || letter > 'Z') {
            ret[0] = '\0';
            return ST_OK;
        }
    }
    return ST_OK;
}

/* --- the graph --- */

static void *
with_room(void *items, uint32_t n, size_t size)
{
    if (n > 0 && (n & (n - 1)) != 0)
        return items;
    return memory_resized(items, n == 0 ? 1 : (size_t)n * 2, size);
}

static bool
is_key(const Token *key, const char *name)
{
    return bytes_equal_text(key->bytes, name);
}

static Status
read_place_key(Gml *gml, const Token *key, TopologyPlace *place)
{
    double unused;

    if (is_key(key, "id"))
        return read_whole(gml, INT64_MAX, "an id, a whole number, is expected", &place->id);
    if (is_key(key, "country_code"))
        return read_country(gml, place->country);
    if (is_key(key, "host_bandwidth_up") || is_key(key, "bandwidth_up"))
        return read_bandwidth(gml, &place->up_bits_per_s);
    if (is_key(key, "host_bandwidth_down") || is_key(key, "bandwidth_down"))
        return read_bandwidth(gml, &unused);
    return skip_value(gml);
}

static Status
read_place(Gml *gml, size_t line)
{
    GmlGraph *graph = gml->graph;
    TopologyPlace place = { .id = -1 };
    Status status = open_list(gml);
    Token key;
    bool ends = false;

    while (status == ST_OK && (status = next_key(gml, false, &key, &ends)) == ST_OK &&
           !ends)
        status = read_place_key(gml, &key, &place);
    if (status != ST_OK)
        return status;
    if (place.id < 0)
        return fail_at(gml, line, ST_MALFORMED, "a node with an id is expected");
    if (graph->n == TOPOLOGY_PLACES_MAX)
        return fail_at(gml, line, ST_TOO_LARGE, "at most 4096 nodes are expected");
    graph->places = with_room(graph->places, graph->n, sizeof place);
    graph->lines = with_room(graph->lines, graph->n, sizeof *graph->lines);
    graph->lines[graph->n] = (uint32_t)line;
    graph->places[graph->n++] = place;
    return ST_OK;
}

static Status
read_edge_key(Gml *gml, const Token *key, GmlEdge *edge, bool *latency_said)
{
    static const char end[] = "the id of a node is expected";

    if (is_key(key, "source"))
        return read_whole(gml, INT64_MAX, end, &edge->source);
    if (is_key(key, "target"))
        return read_whole(gml, INT64_MAX, end, &edge->target);
    if (is_key(key, "latency")) {
        *latency_said = true;
        return read_latency(gml, &edge->latency_us);
    }
    if (is_key(key, "jitter"))
        return read_latency(gml, &edge->jitter_us);
    if (is_key(key, "packet_loss"))
        return read_share(gml, "a number from 0 to 1 is expected", &edge->loss);
    return skip_value(gml);
}

static Status
read_edge(Gml *gml, size_t line)
{
    GmlGraph *graph = gml->graph;
    GmlEdge edge = { .source = -1, .target = -1, .line = (uint32_t)line };
    Status status = open_list(gml);
    Token key;
    bool ends = false, latency_said = false;

    while (status == ST_OK && (status = next_key(gml, false, &key, &ends)) == ST_OK &&
           !ends)
        status = read_edge_key(gml, &key, &edge, &latency_said);
    if (status != ST_OK)
        return status;
    if (edge.source < 0 || edge.target < 0 || !latency_said)
        return fail_at(gml, line, ST_MALFORMED,
                       "an edge with source, target and latency is expected");
    if (graph->n_edges == TOPOLOGY_EDGES_MAX)
        return fail_at(gml, line, ST_TOO_LARGE, "at most 2^24 edges are expected");
    graph->edges = with_room(graph->edges, graph->n_edges, sizeof edge);
    graph->edges[graph->n_edges++] = edge;
    return ST_OK;
}

static Status
read_graph_key(Gml *gml, const Token *key)
{
    int64_t directed;
    Status status;

    if (is_key(key, "node"))
        return read_place(gml, key->line);
    if (is_key(key, "edge"))
        return read_edge(gml, key->line);
    if (!is_key(key, "directed"))
        return skip_value(gml);
    status = read_whole(gml, 1, "directed 0 or 1 is expected", &directed);
    if (status == ST_OK)
        gml->graph->directed = directed == 1;
    return status;
}

static Status
read_graph(Gml *gml)
{
    Status status = open_list(gml);
    Token key;
    bool ends = false;

    while (status == ST_OK && (status = next_key(gml, false, &key, &ends)) == ST_OK &&
           !ends)
        status = read_graph_key(gml, &key);
    return status;
}

/* One graph; keys beside it do not count. */
static Status
read_all(Gml *gml)
{
    Status status = ST_OK;
    bool ends = false, found = false;
    Token key;

    while (status == ST_OK && (status = next_key(gml, true, &key, &ends)) == ST_OK &&
           !ends) {
        if (!is_key(&key, "graph")) {
            status = skip_value(gml);
        } else if (found) {
            status = fail_at(gml, key.line, ST_DUPLICATE, "one graph is expected");
        } else {
            found = true;
            status = read_graph(gml);
        }
    }
    if (status == ST_OK && gml->graph->n == 0)
        return fail_at(gml, gml->line, ST_MALFORMED,
                       "graph [ node [ id ... ] ] is expected");
    return status;
}

/* --- ids --- */

typedef struct Numbered {
    int64_t id;
    uint32_t number;
} Numbered;

static int
compare_ids(const void *a, const void *b)
{
    const Numbered *x = a, *y = b;

    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static bool
find_id(const Numbered *ids, uint32_t n, int64_t id, int64_t *ret)
{
    uint32_t low = 0, high = n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (ids[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == n || ids[low].id != id)
        return false;
    *ret = ids[low].number;
    return true;
}

static Status
resolve(Gml *gml, const Numbered *ids)
{
    GmlGraph *graph = gml->graph;

    for (uint32_t i = 1; i < graph->n; i++)
        if (ids[i].id == ids[i - 1].id)
            return fail_at(gml, graph->lines[ids[i].number], ST_DUPLICATE,
                           "a node with an id of its own is expected");
    for (uint32_t i = 0; i < graph->n_edges; i++) {
        GmlEdge *edge = &graph->edges[i];

        if (!find_id(ids, graph->n, edge->source, &edge->source) ||
            !find_id(ids, graph->n, edge->target, &edge->target))
            return fail_at(gml, edge->line, ST_NOT_FOUND,
                           "source and target that are ids of nodes are expected");
    }
    return ST_OK;
}

static Status
resolve_ids(Gml *gml)
{
    GmlGraph *graph = gml->graph;
    Numbered *ids = malloc(graph->n * sizeof *ids);
    Status status;

    assert(graph->n > 0);
    if (ids == NULL)
        abort();
    for (uint32_t i = 0; i < graph->n; i++)
        ids[i] = (Numbered){ graph->places[i].id, i };
    qsort(ids, graph->n, sizeof *ids, compare_ids);
    status = resolve(gml, ids);
    free(ids);
    return status;
}

Status
gml_read(Bytes text, GmlGraph *ret, GmlError *ret_error)
{
    Gml gml = { .in = reader_over(text), .line = 1, .graph = ret };
    Status status;

    *ret = (GmlGraph){ 0 };
    status = read_all(&gml);
    if (status == ST_OK)
        status = resolve_ids(&gml);
    if (status != ST_OK)
        *ret_error = gml.error;
    return status;
}

void
gml_graph_clear(GmlGraph *graph)
{
    free(graph->places);
    free(graph->lines);
    free(graph->edges);
    *graph = (GmlGraph){ 0 };
}
