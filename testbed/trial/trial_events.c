/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "nodes/live/clock.h"
#include "nodes/live/news.h"
#include "testbed/trial/trial_internal.h"

typedef enum StatedBy { OF_PERSON, OF_CHAIN, OF_NODE } StatedBy;

typedef struct Stated {
    Time at; /* as live_now */
    StatedBy kind;
    uint32_t index;
    Note note; /* its text is owned; of nodes: none */
    char *line;
} Stated;

static void
stated_free(gpointer p)
{
    Stated *event = p;

    g_free((uint8_t *)event->note.text.p);
    g_free(event->line);
    g_free(event);
}

static Stated *
append(Trial *trial, StatedBy kind, uint32_t index)
{
    Stated *event = g_new0(Stated, 1);

    event->at = live_now();
    event->kind = kind;
    event->index = index;
    g_queue_push_tail(&trial->events, event);
    if (trial->alarm != NULL)
        g_source_set_ready_time(trial->alarm, 0);
    return event;
}

static void
append_note(Trial *trial, StatedBy kind, uint32_t index, const Note *note)
{
    Stated *event = append(trial, kind, index);

    event->note = *note;
    event->note.text.p = g_memdup2(note->text.p, note->text.n);
}

void
trial_person_noted(void *context, const Note *note)
{
    const TrialPerson *person = context;

    person->trial->sent += note->kind == NOTE_ACCEPTED && note->a != 0;
    person->trial->opened += note->kind == NOTE_OPENED && note->a == 0;
    append_note(person->trial, OF_PERSON, person->index, note);
}

void
trial_chain_noted(void *context, const Note *note)
{
    append_note(context, OF_CHAIN, 0, note);
}

void
trial_node_told(void *context, uint32_t node, const char *line)
{
    append(context, OF_NODE, node)->line = g_strdup(line);
}

static void
tell_of_node(Trial *trial, uint32_t node, const char *line)
{
    News news;

    if (!news_read(line, &news))
        g_warning("node %u said '%s'", node, line);
    else if (news.is_put)
        world_stage_put(trial->world, node, &news.message, news.extend);
    else
        world_stage_node_note(trial->world, node, &news.note);
    news_clear(&news);
}

static void
tell(Trial *trial, const Stated *event)
{
    switch (event->kind) {
    case OF_PERSON:
        world_stage_person_note(trial->world, event->index, &event->note);
        break;
    case OF_CHAIN:
        world_stage_chain_note(trial->world, &event->note);
        break;
    case OF_NODE:
        tell_of_node(trial, event->index, event->line);
        break;
    }
}

void
trial_events_advance(Trial *trial, Time now)
{
    Stated *event;

    while ((event = g_queue_peek_head(&trial->events)) != NULL && event->at <= now) {
        (void)g_queue_pop_head(&trial->events);
        (void)world_run_until(trial->world, event->at - trial->began);
        tell(trial, event);
        stated_free(event);
    }
    (void)world_run_until(trial->world, now - trial->began);
}

void
trial_events_clear(Trial *trial)
{
    g_queue_clear_full(&trial->events, stated_free);
}
