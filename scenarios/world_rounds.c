/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People in rounds: what they do hangs on (seed, person, round) alone.  Everything that is
 * written or asked is written and asked by real clients; only when, and to whom, is said
 * here. */
#include "scenarios/world_internal.h"

enum {
    /* Writers come within the second minute: nodes have synchronised by then. */
    COMES_S = 60,
    SPREAD_S = 60
};

/* What a random word of a round is for. */
typedef enum RoundUse {
    USE_THERE,
    USE_WHEN,
    USE_TO,
    USE_FROM,
    USE_FRIEND,
    USE_GAP
} RoundUse;

static uint64_t
word_of(const World *w, RoundUse use, uint64_t a, uint64_t b)
{
    StreamKey key = { w->options.seed, stream_name("rounds", use), a, 0 };

    return stream_word(&key, b);
}

static Time
begin_of(const World *w, uint64_t round)
{
    return ROUNDS_BEGIN + (Time)round * w->scenario->rounds.interval;
}

uint32_t
world_rounds_count(const World *w)
{
    return w->scenario->duration <= ROUNDS_BEGIN
               ? 0
               : (uint32_t)((w->scenario->duration - ROUNDS_BEGIN) /
                            w->scenario->rounds.interval);
}

/* --- presence ---------------------------------------------------------------------- */

/* They come in the first fifth, and are gone before the round ends. */
static void
presence_round(void *context, Time now, uint64_t round)
{
    World *w = context;
    const RoundsConfig *rounds = &w->scenario->rounds;

    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        double when = sample_uniform(word_of(w, USE_WHEN, i, round));

        if (sample_uniform(word_of(w, USE_THERE, i, round)) >= rounds->online)
            continue;
        host_schedule(w->host, now + (Time)(when * 0.2 * (double)rounds->interval),
                      world_person_comes, w, i);
        host_schedule(w->host, now + rounds->interval * 9 / 10, world_person_goes, w, i);
    }
    if (round + 1 < world_rounds_count(w))
        host_schedule(w->host, begin_of(w, round + 1), presence_round, w, round + 1);
}

/* --- batches ----------------------------------------------------------------------- */

static uint32_t
draw_friend(const World *w, uint32_t target, uint32_t draw)
{
    return (uint32_t)sample_below(word_of(w, USE_FRIEND, target, draw),
                                  w->scenario->clients);
}

static bool
drawn_before(const World *w, uint32_t target, uint32_t draw)
{
    for (uint32_t earlier = 0; earlier < draw; earlier++)
        if (draw_friend(w, target, earlier) == draw_friend(w, target, draw))
            return true;
    return false;
}

/* The i-th person of the target's stream that is new there and not itself. */
uint32_t
world_rounds_friend(const World *w, uint32_t target, uint32_t i)
{
    uint32_t draw = 0;

    for (;; draw++)
        if (draw_friend(w, target, draw) != target && !drawn_before(w, target, draw) &&
            i-- == 0)
            return draw_friend(w, target, draw);
}

/* In the first four fifths, so that a message arrives in the round that it was written in.
 */
static Time
moment(const World *w, Time begin, uint64_t round, uint32_t number)
{
    double when = sample_uniform(word_of(w, USE_WHEN, round, number));

    return begin + (Time)(when * 0.8 * (double)w->scenario->rounds.interval);
}

static uint32_t
anybody_but(const World *w, uint64_t round, uint32_t number, uint32_t person)
{
    uint32_t n = w->scenario->clients;
    uint32_t to = (uint32_t)sample_below(word_of(w, USE_TO, round, number), n - 1);

    return to < person ? to : to + 1;
}

static void
batch_round(void *context, Time now, uint64_t round)
{
    World *w = context;
    const RoundsConfig *rounds = &w->scenario->rounds;
    uint32_t target = (uint32_t)(round / rounds->count);
    uint64_t choice = sample_below(word_of(w, USE_TO, round, 0), rounds->friends);
    uint32_t to = world_rounds_friend(w, target, (uint32_t)choice);

    host_schedule(w->host, moment(w, now, round, 0), world_person_writes, w,
                  (uint64_t)target << 32 | to);
    for (uint32_t i = 1; i < rounds->batch; i++) {
        uint32_t from =
            rounds->targets +
            (uint32_t)sample_below(word_of(w, USE_FROM, round, i), rounds->senders);

        host_schedule(w->host, moment(w, now, round, i), world_person_writes, w,
                      (uint64_t)from << 32 | anybody_but(w, round, i, from));
    }
    if (round + 1 < MIN(world_rounds_count(w), (uint64_t)rounds->targets * rounds->count))
        host_schedule(w->host, begin_of(w, round + 1), batch_round, w, round + 1);
}

/* --- pairs ------------------------------------------------------------------------- */

/* A Poisson process for each pair and part of its traffic. */
typedef enum PairPart { PART_SHARED, PART_SENT, PART_RECEIVED, PAIR_PARTS } PairPart;

/* @argument: number of the message << 32 | part << 24 | pair. */
static void
pair_writes(void *context, Time now, uint64_t argument)
{
    World *w = context;
    const RoundsConfig *rounds = &w->scenario->rounds;
    uint32_t number = (uint32_t)(argument >> 32), pair = argument & 0xffffff;
    PairPart part = (PairPart)(argument >> 24 & 0xff);
    uint64_t process = (uint64_t)pair * PAIR_PARTS + part;
    double mean = part == PART_SHARED ? rounds->shared : rounds->noise;
    uint32_t other =
        2 * rounds->pairs +
        (uint32_t)sample_below(word_of(w, USE_TO, process, number), rounds->senders);
    uint32_t from = part == PART_RECEIVED ? other : pair;
    uint32_t to = part == PART_SENT ? other : rounds->pairs + pair;

    if (number > 0)
        world_person_writes(w, now, (uint64_t)from << 32 | to);
    if (mean > 0)
        now += (Time)sample_exponential(word_of(w, USE_GAP, process, number),
                                        (double)rounds->interval / mean);
    if (mean > 0 && now < begin_of(w, world_rounds_count(w)))
        host_schedule(w->host, now, pair_writes, w,
                      (uint64_t)(number + 1) << 32 | (argument & 0xffffffff));
}

static void
start_pairs(World *w)
{
    for (uint32_t pair = 0; pair < w->scenario->rounds.pairs; pair++)
        for (uint32_t part = 0; part < PAIR_PARTS; part++)
            pair_writes(w, ROUNDS_BEGIN, (uint64_t)part << 24 | pair);
}

/* --- all of it --------------------------------------------------------------------- */

/* People from 0 on that write, and are online all the time. */
static uint32_t
writers(const RoundsConfig *rounds)
{
    return rounds->kind == ROUNDS_BATCHES ? rounds->targets + rounds->senders
                                          : 2 * rounds->pairs + rounds->senders;
}

void
world_start_rounds(World *w)
{
    const RoundsConfig *rounds = &w->scenario->rounds;

    w->probes_written = g_new0(uint32_t, w->scenario->clients + 1);
    for (uint32_t i = 0; i < w->scenario->clients; i++) {
        double when = sample_uniform(word_of(w, USE_WHEN, i, UINT32_MAX));

        host_start(w->host, w->clients[i]);
        if (rounds->kind != ROUNDS_PRESENCE && i < writers(rounds))
            host_schedule(w->host, COMES_S * SECOND + (Time)(when * SPREAD_S * SECOND),
                          world_person_comes, w, i);
    }
    if (world_rounds_count(w) == 0)
        return;
    if (rounds->kind == ROUNDS_PRESENCE)
        host_schedule(w->host, ROUNDS_BEGIN, presence_round, w, 0);
    else if (rounds->kind == ROUNDS_BATCHES)
        host_schedule(w->host, ROUNDS_BEGIN, batch_round, w, 0);
    else
        start_pairs(w);
}
