/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clients/workload/workload.h"

#include <assert.h>
#include <stdlib.h>

#include "clients/workload/contacts.h"
#include "clients/workload/rhythm.h"
#include "sim/core/sampling.h"
#include "sim/core/stream.h"

#define GAP_SIGMA 1.5

enum { GAP_POINTS = 4096, ACTIVE_FIRST = 4 };

/* What a person draws for; each has its own count. */
typedef enum Purpose {
    DRAW_RATE,
    DRAW_ALWAYS,
    DRAW_TIME_ZONE,
    DRAW_PRESENT,       /* at the beginning */
    DRAW_SESSION_FROM,  /* candidates for the beginning of a session, */
    DRAW_SESSION_TAKEN, /* and whether the rhythm takes them */
    DRAW_SESSION_LENGTH,
    DRAW_START_FROM, /* the same for conversations */
    DRAW_START_TAKEN,
    DRAW_TO,
    DRAW_MESSAGES, /* in the conversation */
    DRAW_GAP,
    DRAW_BYTES,
    DRAW_CONTENT,
    DRAW_IMAGE,
    DRAW_FILE_BYTES,
    DRAW_PLACE,  /* contact, group or room; */
    DRAW_CIRCLE, /* which */
    DRAW_RARE,
    DRAW_RARE_OFF
} Purpose;

/* A conversation under way. */
typedef struct Talk {
    Time next;       /* its next message */
    uint32_t number; /* of the person's conversation */
    uint32_t to;
    uint32_t circle;
    uint8_t place;    /* PersonPlace */
    uint32_t written; /* messages so far */
    uint32_t left;
} Talk;

typedef struct Person {
    Talk *talks; /* those under way, in no order */
    uint16_t n_talks, talks_capacity;
    bool always;
    bool rare;
    bool online;
    bool begun;
    uint8_t zone_hours;    /* local time ahead of UTC */
    uint32_t session;      /* candidates and sessions drawn */
    uint32_t candidate;    /* conversations' candidates drawn */
    uint32_t conversation; /* begun */
    uint32_t message;      /* written */
    double per_second;     /* messages, in the long run */
    Time comes, goes;      /* the next time */
    Time starts;           /* the next conversation, while online */
} Person;

struct Workload {
    WorkloadConfig config;
    uint64_t seed;
    Time write_until, horizon;
    Rhythm rhythm;
    Contacts contacts;
    Circles *circles;
    double rare_online;      /* share of the time */
    double session_messages; /* mean messages of a conversation that ends with a session */
    Person *people;
};

static uint64_t
draw(const Workload *w, uint32_t person, Purpose purpose, uint64_t index)
{
    StreamKey key = { w->seed, stream_name("person", person), purpose, 0 };

    return stream_word(&key, index);
}

/* @from and a positive number of nanoseconds. */
static Time
later(Time from, double ns)
{
    if (!(ns < (double)(TIME_NEVER / 2)) || from > TIME_NEVER / 2)
        return TIME_NEVER;
    return from + (ns < 1 ? 1 : (Time)ns);
}

static Time
local_time(const Person *p, Time at)
{
    return at + p->zone_hours * HOUR;
}

/* --- presence --- */

/* Thinning: candidates come at the rate of the busiest hour, and the rhythm takes some. */
static Time
next_session(const Workload *w, uint32_t person, Time from)
{
    Person *p = &w->people[person];
    double most = 1 + w->config.diurnal;

    if (p->rare)
        return later(from, sample_exponential(draw(w, person, DRAW_RARE_OFF, p->session++),
                                              (double)w->config.rare_off));
    if (w->rhythm.online <= 0)
        return TIME_NEVER;
    while (from < w->horizon) {
        uint32_t i = p->session++;
        double taken = sample_uniform(draw(w, person, DRAW_SESSION_TAKEN, i));

        from = later(from, sample_exponential(draw(w, person, DRAW_SESSION_FROM, i),
                                              w->rhythm.off_s / most * 1e9));
        if (from < w->horizon && taken * most < rhythm_at(&w->rhythm, local_time(p, from)))
            return from;
    }
    return TIME_NEVER;
}

static Time
session_end(const Workload *w, uint32_t person)
{
    const Person *p = &w->people[person];

    if (p->always)
        return TIME_NEVER;
    return later(p->comes,
                 sample_exponential(draw(w, person, DRAW_SESSION_LENGTH, p->session),
                                    (double)w->config.session_mean));
}

/* Everybody is where the long run would have them: those who are always online come within
 * the ramp, and so do those who would be in a session. */
static void
begin(const Workload *w, uint32_t person)
{
    Person *p = &w->people[person];
    uint64_t word = draw(w, person, DRAW_PRESENT, 1);
    double there = p->rare ? w->rare_online : rhythm_present(&w->rhythm, local_time(p, 0));

    p->begun = true;
    if (p->always || sample_uniform(draw(w, person, DRAW_PRESENT, 0)) < there)
        p->comes = (Time)sample_below(word, (uint64_t)w->config.ramp);
    else
        p->comes = next_session(w, person, 0);
}

/* --- conversations --- */

/* Online all the time: conversations follow the rhythm.  In sessions they begin at an even
 * rate, and the rhythm is that of the sessions. */
static Time
next_start(const Workload *w, uint32_t person, Time from)
{
    Person *p = &w->people[person];
    double most = p->always ? 1 + w->config.diurnal : 1;
    double messages = p->always ? w->config.burst : w->session_messages;
    double share = p->always ? 1 : p->rare ? w->rare_online : w->rhythm.online;

    if (p->per_second <= 0)
        return TIME_NEVER;
    while (from < w->write_until && from < p->goes) {
        uint32_t i = p->candidate++;
        double mean_s = messages * share / p->per_second / most;

        from = later(from,
                     sample_exponential(draw(w, person, DRAW_START_FROM, i), mean_s * 1e9));
        if (!p->always || from >= w->write_until ||
            sample_uniform(draw(w, person, DRAW_START_TAKEN, i)) * most <
                rhythm_at(&w->rhythm, local_time(p, from)))
            return from;
    }
    return TIME_NEVER;
}

static Time
next_message(const Workload *w, uint32_t person, const Talk *talk, Time from)
{
    uint64_t word = draw(w, person, DRAW_GAP, (uint64_t)talk->number << 32 | talk->written);

    return later(from, sample_lognormal(word, (double)w->config.burst_gap, GAP_SIGMA));
}

static void
keep_talk(Person *p, const Talk *talk)
{
    if (p->n_talks == p->talks_capacity) {
        size_t capacity = p->talks_capacity == 0 ? ACTIVE_FIRST : p->talks_capacity * 2;

        assert(capacity <= UINT16_MAX);
        p->talks = realloc(p->talks, capacity * sizeof *p->talks);
        if (p->talks == NULL)
            abort();
        p->talks_capacity = (uint16_t)capacity;
    }
    p->talks[p->n_talks++] = *talk;
}

static void
drop_talks(Person *p)
{
    free(p->talks);
    p->talks = NULL;
    p->n_talks = 0;
    p->talks_capacity = 0;
}

/* The one whose message comes next, or NULL; the older one first. */
static Talk *
first_talk(const Person *p)
{
    Talk *first = NULL;

    for (unsigned i = 0; i < p->n_talks; i++) {
        Talk *t = &p->talks[i];

        if (first == NULL || t->next < first->next ||
            (t->next == first->next && t->number < first->number))
            first = t;
    }
    return first;
}

/* With whom instead of a contact. */
static void
choose_place(const Workload *w, uint32_t person, Talk *talk)
{
    const WorkloadConfig *config = &w->config;
    const uint32_t *circle;
    uint32_t n;
    double u;

    if (config->group_share + config->room_share <= 0)
        return;
    u = sample_uniform(draw(w, person, DRAW_PLACE, talk->number));
    if (u >= config->group_share + config->room_share)
        return;
    n = u < config->group_share ? circles_groups_of(w->circles, person, &circle)
                                : circles_rooms_of(w->circles, person, &circle);
    if (n == 0)
        return;
    talk->place = u < config->group_share ? PERSON_TO_GROUP : PERSON_TO_ROOM;
    talk->circle = circle[sample_below(draw(w, person, DRAW_CIRCLE, talk->number), n)];
}

static Talk
new_talk(const Workload *w, uint32_t person)
{
    Person *p = &w->people[person];
    Talk talk = { .number = p->conversation++ };
    size_t contacts = contacts_count(&w->contacts, person);
    size_t i = contacts_pick(&w->contacts, contacts, draw(w, person, DRAW_TO, talk.number));
    uint64_t n =
        sample_geometric(draw(w, person, DRAW_MESSAGES, talk.number), w->config.burst);

    talk.to = contacts_at(&w->contacts, person, i);
    talk.left = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
    choose_place(w, person, &talk);
    return talk;
}

/* From 1 to @most. */
static uint32_t
whole_bytes(double bytes, uint32_t most)
{
    if (bytes >= most)
        return most;
    return bytes < 1 ? 1 : (uint32_t)bytes;
}

static uint32_t
text_bytes(const Workload *w, uint32_t person, uint32_t message)
{
    double bytes = sample_lognormal(draw(w, person, DRAW_BYTES, message),
                                    w->config.text_median_bytes, w->config.text_sigma);

    return whole_bytes(bytes, w->config.text_max_bytes);
}

static PersonContent
content_of(const Workload *w, uint32_t person, uint32_t message)
{
    const WorkloadConfig *config = &w->config;
    double u;

    if (config->attachment_share + config->voice_share <= 0)
        return PERSON_TEXT;
    u = sample_uniform(draw(w, person, DRAW_CONTENT, message));
    if (u < config->voice_share)
        return PERSON_VOICE;
    if (u >= config->voice_share + config->attachment_share)
        return PERSON_TEXT;
    return sample_uniform(draw(w, person, DRAW_IMAGE, message)) < config->image_share
               ? PERSON_IMAGE
               : PERSON_FILE;
}

static uint32_t
file_bytes(const Workload *w, uint32_t person, uint32_t message)
{
    double bytes = sample_lognormal(draw(w, person, DRAW_FILE_BYTES, message),
                                    w->config.file_median_bytes, w->config.file_sigma);

    return whole_bytes(bytes, w->config.file_max_bytes);
}

static uint32_t
voice_bytes(const Workload *w, uint32_t person, uint32_t message)
{
    double seconds = sample_exponential(draw(w, person, DRAW_FILE_BYTES, message),
                                        (double)w->config.voice_mean / SECOND);
    double most = (double)w->config.voice_max / SECOND;

    if (seconds < 1)
        seconds = 1;
    return (uint32_t)((seconds < most ? seconds : most) * w->config.voice_bytes_per_s);
}

static uint32_t
bytes_of(const Workload *w, uint32_t person, uint32_t message, PersonContent content)
{
    if (content == PERSON_TEXT)
        return text_bytes(w, person, message);
    return content == PERSON_VOICE ? voice_bytes(w, person, message)
                                   : file_bytes(w, person, message);
}

/* Count a message of @talk at @at, and set when the next one is due. */
static PersonAction
write_message(const Workload *w, uint32_t person, Talk *talk, Time at)
{
    Person *p = &w->people[person];
    uint32_t number = ++p->message;
    PersonContent content;

    talk->written++;
    talk->left--;
    if (talk->left > 0)
        talk->next = next_message(w, person, talk, at);
    content = content_of(w, person, number);
    return (PersonAction){ .kind = PERSON_WRITES,
                           .content = (uint8_t)content,
                           .place = talk->place,
                           .circle = talk->circle,
                           .at = at,
                           .message = (uint64_t)person << 32 | number,
                           .to = talk->to,
                           .bytes = bytes_of(w, person, number, content) };
}

/* --- actions --- */

static PersonAction
come(const Workload *w, uint32_t person)
{
    Person *p = &w->people[person];

    p->online = true;
    p->goes = session_end(w, person);
    p->starts = next_start(w, person, p->comes);
    return (PersonAction){ .kind = PERSON_COMES, .at = p->comes };
}

/* What it was writing stays unwritten. */
static PersonAction
go(const Workload *w, uint32_t person)
{
    Person *p = &w->people[person];

    p->online = false;
    p->comes = next_session(w, person, p->goes);
    drop_talks(p);
    return (PersonAction){ .kind = PERSON_GOES, .at = p->goes };
}

static PersonAction
start_talk(const Workload *w, uint32_t person)
{
    Person *p = &w->people[person];
    Talk talk = new_talk(w, person);
    PersonAction action = write_message(w, person, &talk, p->starts);

    if (talk.left > 0)
        keep_talk(p, &talk);
    p->starts = next_start(w, person, p->starts);
    return action;
}

static PersonAction
go_on(const Workload *w, uint32_t person, Talk *talk)
{
    Person *p = &w->people[person];
    PersonAction action = write_message(w, person, talk, talk->next);

    if (talk->left == 0)
        *talk = p->talks[--p->n_talks];
    return action;
}

PersonAction
workload_next(Workload *w, uint32_t person)
{
    Person *p = &w->people[person];
    const PersonAction rests = { .kind = PERSON_RESTS, .at = w->horizon };
    Talk *talk;
    Time writes;

    assert(person < w->config.people);
    if (!p->begun)
        begin(w, person);
    if (!p->online)
        return p->comes < w->horizon ? come(w, person) : rests;
    talk = first_talk(p);
    writes = talk != NULL && talk->next < p->starts ? talk->next : p->starts;
    if (writes >= w->write_until)
        writes = TIME_NEVER;
    if (p->goes <= writes)
        return p->goes < w->horizon ? go(w, person) : rests;
    if (writes >= w->horizon)
        return rests;
    return writes == p->starts ? start_talk(w, person) : go_on(w, person, talk);
}

/* --- setting up --- */

/* A conversation goes on with the chance 1 - 1/burst, and the session has not ended after
 * the gap with the chance E exp(-gap / session), for the end has no memory. */
static double
messages_within_a_session(const WorkloadConfig *config)
{
    double lasts = 0;

    for (unsigned i = 0; i < GAP_POINTS; i++) {
        uint64_t word = ((uint64_t)i * 2 + 1) << (64 - 13);
        double gap = sample_lognormal(word, (double)config->burst_gap, GAP_SIGMA);

        lasts += portable_exp(-gap / (double)config->session_mean) / GAP_POINTS;
    }
    return 1 / (1 - (1 - 1 / config->burst) * lasts);
}

static void
init_person(const Workload *w, uint32_t person)
{
    const WorkloadConfig *config = &w->config;
    Person *p = &w->people[person];
    double shape = config->messages_dispersion;
    double mean = config->messages_per_day / 86400;

    *p = (Person){ .always = config->presence == PRESENCE_ALWAYS || w->rhythm.online >= 1 };
    if (sample_uniform(draw(w, person, DRAW_ALWAYS, 0)) < config->always_share)
        p->always = true;
    if (config->rare_share > 0 && !p->always &&
        sample_uniform(draw(w, person, DRAW_RARE, 0)) < config->rare_share)
        p->rare = true;
    p->zone_hours = (uint8_t)(rhythm_time_zone(draw(w, person, DRAW_TIME_ZONE, 0)) / HOUR);
    p->per_second = mean;
    if (shape > 0)
        p->per_second = mean * sample_gamma(draw(w, person, DRAW_RATE, 0), shape) / shape;
    if (p->rare && w->rhythm.online > 0)
        p->per_second *= w->rare_online / w->rhythm.online;
    if (config->people < 2 || (!p->always && w->rhythm.online <= 0))
        p->per_second = 0;
}

Workload *
workload_new(const WorkloadConfig *config, uint64_t seed, Time write_until, Time horizon)
{
    Workload *w = calloc(1, sizeof *w);

    assert(config->people >= 1 && config->burst >= 1 && horizon < TIME_NEVER);
    if (w == NULL)
        abort();
    *w = (Workload){ .config = *config,
                     .seed = seed,
                     .write_until = write_until < horizon ? write_until : horizon,
                     .horizon = horizon };
    rhythm_init(&w->rhythm, config->diurnal, config->sessions_per_day,
                config->session_mean);
    contacts_init(&w->contacts, seed, config->people, config->contacts,
                  config->contacts_sigma);
    if (config->contact_graph == CONTACTS_SMALL_WORLD)
        contacts_small_world(&w->contacts, config->contacts, config->contact_rewire);
    w->circles = circles_new(&config->circles, config->people, seed);
    if (config->rare_share > 0)
        w->rare_online = (double)config->session_mean /
                         ((double)config->session_mean + (double)config->rare_off);
    w->session_messages = config->session_mean > 0 ? messages_within_a_session(config) : 1;
    w->people = calloc(config->people, sizeof *w->people);
    if (w->people == NULL)
        abort();
    for (uint32_t i = 0; i < config->people; i++)
        init_person(w, i);
    return w;
}

void
workload_free(Workload *w)
{
    if (w == NULL)
        return;
    for (uint32_t i = 0; i < w->config.people; i++)
        drop_talks(&w->people[i]);
    circles_free(w->circles);
    free(w->people);
    free(w);
}

const Circles *
workload_circles(const Workload *w)
{
    return w->circles;
}

size_t
workload_contacts(const Workload *w, uint32_t person)
{
    assert(person < w->config.people);
    return contacts_count(&w->contacts, person);
}

uint32_t
workload_contact(const Workload *w, uint32_t person, size_t i)
{
    assert(person < w->config.people);
    return contacts_at(&w->contacts, person, i);
}

double
workload_messages_per_day(const Workload *w)
{
    double sum = 0;

    for (uint32_t i = 0; i < w->config.people; i++)
        sum += w->people[i].per_second;
    return sum * 86400;
}
