/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rare loss by fixed-effort multilevel splitting (Glasserman, Heidelberger, Shahabuddin and
 * Zajic 1999; Garvels 2000): a level is a number of replicas left.  Whole worlds run, with
 * many swarms each; the share of swarms that fall to a level is one factor of the loss, and
 * the next worlds start their swarms from the histories that did: such a swarm repeats one
 * of them up to the moment in which it fell, and has luck of its own from then on.
 *
 * A world is forked (fork(2)) when its messages are stored and nobody has died yet; it
 * reads the histories from its stores' books and sends them back.  Repeating instead of
 * copying a history needs no state of an engine but luck: what a node's lives and repairs
 * draw hangs on (seed, its luck) alone.  Lives and repairs must be exponential, for then
 * what is left of one at any moment may be drawn anew. */
#include "scenarios/world_validate.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LEVELS_MAX = 64,
    LUCK_FIRST = 1 << 20, /* no node's number */
    SLOT_BITS = 6         /* of a node in its swarm */
};

typedef struct Restart {
    Time at;
    uint64_t luck;
} Restart;

/* Of one swarm: its luck from the start, and from each level on that it fell to. */
typedef struct History {
    Restart restarts[LEVELS_MAX];
    uint32_t n;
} History;

/* What became of a swarm in a forked world. */
typedef struct Fall {
    Time at;           /* it fell to the level; TIME_NEVER: it did not */
    bool has_replicas; /* it has a message, which all its members got */
    bool repeated;     /* it fell to the level before when its history did */
} Fall;

typedef struct Entrance {
    History history;
    Time at;
} Entrance;

typedef struct Splitting {
    World *world;
    uint32_t groups, level, before;
    uint64_t luck;      /* the next */
    GArray *entrances;  /* Entrance: into the level before */
    GArray *reached;    /* Entrance: into this level */
    History *histories; /* by group, of the world that is to run */
    uint32_t tried, differ;
    double weight; /* of an entrance: the product of the shares so far, by how many tried */
} Splitting;

/* --- in the forked world
 * ----------------------------------------------------------------------- */

static void
restart(void *context, Time now, uint64_t argument)
{
    const Splitting *split = context;
    World *w = split->world;
    uint32_t group = (uint32_t)(argument >> 32), size = world_swarm_size(w);
    uint64_t luck = split->histories[group].restarts[(uint32_t)argument].luck;

    (void)now;
    for (uint32_t slot = 0; slot < size; slot++)
        world_node_luck(w, group * size + slot, luck << SLOT_BITS | slot);
}

static void
schedule_restarts(Splitting *split)
{
    Host *host = split->world->host;

    for (uint32_t group = 0; group < split->groups; group++)
        for (uint32_t i = 0; i < split->histories[group].n; i++)
            host_schedule(host, split->histories[group].restarts[i].at, restart, split,
                          (uint64_t)group << 32 | i);
}

/* When for the first time at most @level of all its replicas were left. */
static Time
fell_to(const World *w, const Probe *probe, uint32_t level, bool *ret_all)
{
    uint32_t size = world_swarm_size(w);
    LifeReader life = ledger_life(w->ledger, probe->message);
    LifeEvent event;
    uint64_t there = 0;

    *ret_all = false;
    while (life_next(&life, &event)) {
        uint32_t slot = event.who - probe->group * size;
        bool gone = event.what == LEDGER_DISK_GONE || event.what == LEDGER_DROPPED;

        if (slot >= size || (event.what != LEDGER_PUT && !gone))
            continue;
        there = gone ? there & ~(1ull << slot) : there | 1ull << slot;
        *ret_all |= (uint32_t)__builtin_popcountll(there) == size;
        if (*ret_all && (uint32_t)__builtin_popcountll(there) <= level)
            return event.at;
    }
    return TIME_NEVER;
}

static Fall *
falls_of(const Splitting *split)
{
    const World *w = split->world;
    Fall *falls = g_new0(Fall, split->groups);

    for (uint32_t i = 0; i < w->validate->n_probes; i++) {
        const Probe *probe = &w->validate->probes[i];
        const History *history = &split->histories[probe->group];
        Fall *fall = &falls[probe->group];

        if (probe->number != 0)
            continue;
        fall->at = fell_to(w, probe, split->level, &fall->has_replicas);
        /* It restarted right after it fell. */
        fall->repeated =
            history->n == 1 || fell_to(w, probe, split->before, &fall->has_replicas) + 1 ==
                                   history->restarts[history->n - 1].at;
    }
    return falls;
}

static void
write_all(int fd, const void *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t wrote = write(fd, (const char *)bytes + done, n - done);

        if (wrote < 0 && errno != EINTR)
            _exit(1);
        done += wrote > 0 ? (size_t)wrote : 0;
    }
}

_Noreturn static void
run_fork(Splitting *split, int out)
{
    World *w = split->world;
    g_autofree Fall *falls = NULL;

    schedule_restarts(split);
    if (!host_run(w->host, w->end, w->options.interrupted))
        _exit(1);
    world_validate_close(w);
    falls = falls_of(split);
    write_all(out, falls, split->groups * sizeof *falls);
    /* Nothing of the parent's is flushed or freed here. */
    _exit(0);
}

/* --- in the world that forks
 * --------------------------------------------------------------------- */

static bool
read_all(int fd, void *bytes, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = read(fd, (char *)bytes + done, n - done);

        if (got == 0 || (got < 0 && errno != EINTR))
            return false;
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* Those of the level before take turns. */
static void
choose_histories(Splitting *split)
{
    Time begins = split->world->scenario->churn_start;

    for (uint32_t group = 0; group < split->groups; group++) {
        History *history = &split->histories[group];
        guint n = split->entrances->len;

        *history = (History){ .n = 1, .restarts = { { begins, split->luck++ } } };
        if (n == 0)
            continue;
        const Entrance *from =
            &g_array_index(split->entrances, Entrance, (split->tried + group) % n);

        *history = from->history;
        history->restarts[history->n++] = (Restart){ from->at + 1, split->luck++ };
    }
}

static void
count_falls(Splitting *split, const Fall *falls)
{
    for (uint32_t group = 0; group < split->groups; group++) {
        Entrance entrance = { split->histories[group], falls[group].at };

        if (!falls[group].has_replicas)
            continue;
        split->tried++;
        split->differ += !falls[group].repeated;
        if (falls[group].at <= split->world->end)
            g_array_append_val(split->reached, entrance);
    }
}

/* One world with these histories.  False: interrupted. */
static bool
run_world(Splitting *split)
{
    g_autofree Fall *falls = g_new0(Fall, split->groups);
    int ends[2], status;
    bool got;
    pid_t child;

    choose_histories(split);
    if (pipe(ends) != 0 || (child = fork()) < 0)
        g_error("cannot fork a world: %s", g_strerror(errno));
    if (child == 0) {
        close(ends[0]);
        run_fork(split, ends[1]);
    }
    close(ends[1]);
    got = read_all(ends[0], falls, split->groups * sizeof *falls);
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (got)
        count_falls(split, falls);
    else if (split->world->options.interrupted == NULL ||
             !*split->world->options.interrupted)
        g_error("a forked world ended with status %d", status);
    return got;
}

/* As many worlds as it takes to try so many swarms. */
static bool
run_level(Splitting *split)
{
    split->tried = 0;
    g_array_set_size(split->reached, 0);
    do {
        uint32_t before = split->tried;

        if (!run_world(split))
            return false;
        if (split->tried == before)
            break; /* no swarm has a message */
    } while (split->tried < split->world->scenario->validate.trajectories);
    split->weight /= MAX(1, split->tried);
    return true;
}

static void
next_level(Splitting *split)
{
    GArray *reached = split->reached;

    split->weight *= reached->len;
    split->reached = split->entrances;
    split->entrances = reached;
    split->before = split->level;
}

/* P(lost by then), at the moments of WORLD_CURVE. */
static void
sum_up(const Splitting *split, SplittingResult *ret)
{
    Time begins = split->world->scenario->churn_start;
    Duration whole = split->world->end - begins;

    for (guint i = 0; i < split->reached->len; i++) {
        Time at = g_array_index(split->reached, Entrance, i).at - begins;

        for (int step = 0; step <= WORLD_CURVE_STEPS; step++)
            if (at <= world_curve_moment(whole, step))
                ret->lost[step] += split->weight;
    }
    ret->differ = split->differ;
}

bool
world_split(World *w)
{
    const Scenario *s = w->scenario;
    uint32_t size = world_swarm_size(w);
    Splitting split = { .world = w, .luck = LUCK_FIRST, .weight = 1 };
    bool whole;

    if (w->validate == NULL || s->validate.estimate != VALIDATE_SPLITTING)
        return true;
    split.groups = s->nodes / size;
    split.entrances = g_array_new(FALSE, FALSE, sizeof(Entrance));
    split.reached = g_array_new(FALSE, FALSE, sizeof(Entrance));
    split.histories = g_new(History, split.groups);
    whole = host_run(w->host, s->churn_start - SECOND, w->options.interrupted);
    split.level = size > 2 ? size - 2 : 0;
    for (; whole; split.level--) {
        whole = run_level(&split);
        if (split.level == 0 || split.reached->len == 0)
            break;
        next_level(&split);
    }
    if (whole && split.level == 0)
        sum_up(&split, &w->validate->splitting);
    g_array_unref(split.entrances);
    g_array_unref(split.reached);
    g_free(split.histories);
    return whole;
}
