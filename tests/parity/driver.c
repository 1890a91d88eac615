/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "nodes/live/transcript.h"
#include "nodes/onion/onion.h"
#include "nodes/wire/base64.h"
#include "tests/parity/script.h"

#define SETTLE (500 * MILLISECOND) /* what a step leads to at once */
#define TIMEOUTS (7 * SECOND)      /* and what waits for nodes that do not answer */
#define PATIENCE (20 * SECOND)
#define STEP (10 * MILLISECOND)
enum { HOPS = 3, FIRST_RELAY = OTHERS };

/* What the driver is told to send. */
typedef struct Order {
    Address to;
    MessageKind kind;
    Packet packet;
} Order;

static void
order_free(void *object)
{
    Order *order = object;

    packet_clear(&order->packet);
    g_free(order);
}

static const BlobType order_type = { .name = "order", .free_object = order_free };

/* --- the actor ----------------------------------------------------------------------- */

static void
driver_start(void *self, Time now)
{
    (void)self;
    (void)now;
}

static void
driver_receive(void *self, Time now, const Incoming *in)
{
    Driver *driver = self;
    Order *order = in->packet->blob->object;

    (void)now;
    driver->waits_for_answer = true;
    port_send(driver->port, order->to, order->kind, ++driver->asked, PATIENCE, NULL,
              &order->packet);
}

static void
keep_hash(Driver *driver, Bytes body)
{
    static const char key[] = "\"hash\":\"";
    const uint8_t *at = memmem(body.p, body.n, key, strlen(key));
    const uint8_t *end;

    if (at == NULL)
        return;
    at += strlen(key);
    end = memchr(at, '"', body.n - (size_t)(at - body.p));
    if (end != NULL && end - at <= MESSAGE_HASH_MAX)
        g_strlcpy(driver->hash, (const char *)at, (gsize)(end - at) + 1);
}

static void
write_answer(Driver *driver, Outcome outcome, int status, Bytes body)
{
    Buffer line = BUFFER_EMPTY;

    transcript_mask(body, &line);
    fprintf(driver->out, "answer %s %d %.*s\n", outcome_name(outcome),
            outcome == OUTCOME_ANSWER ? status : 0, (int)line.n, (const char *)line.p);
    buffer_clear(&line);
}

static void
driver_outcome(void *self, Time now, RequestId id, Outcome outcome, int status,
               Packet *packet)
{
    Driver *driver = self;
    Packet plain = PACKET_EMPTY;
    Buffer body = BUFFER_EMPTY;

    (void)now;
    (void)id;
    driver->waits_for_answer = false;
    if (driver->onion && outcome == OUTCOME_ANSWER && status == 200 &&
        onion_reply_open(&driver->crypto, &driver->reply_key, packet, &plain) == ST_OK &&
        onion_reply_parse(packet_bytes(&plain), &status, &body) == ST_OK)
        write_answer(driver, outcome, status, buffer_bytes(&body));
    else
        write_answer(driver, outcome, status, packet_bytes(packet));
    keep_hash(driver, body.n > 0 ? buffer_bytes(&body) : packet_bytes(packet));
    packet_clear(&plain);
    buffer_clear(&body);
}

static void
driver_expire(void *self, Time now)
{
    (void)self;
    (void)now;
}

static void
driver_stop(void *self)
{
    (void)self;
}

const ActorOps driver_ops = { .name = "driver",
                              .start = driver_start,
                              .receive = driver_receive,
                              .outcome = driver_outcome,
                              .expire = driver_expire,
                              .stop = driver_stop,
                              .free = driver_stop };

void
driver_init(Driver *driver, Port *port, Meter *meter, const TestbedPlan *plan,
            Snapshot *snapshot, FILE *out)
{
    static const uint8_t seed[KEY_BYTES] = "the driver of the parity test";
    X25519Pair x25519;

    *driver = (Driver){ .crypto = { .ops = &crypto_real, .meter = meter },
                        .port = port,
                        .plan = plan,
                        .snapshot = snapshot,
                        .out = out };
    identity_ed25519(seed, &driver->identity);
    identity_x25519(&driver->identity, &x25519);
    driver->account[0] = 0x05;
    memcpy(driver->account + 1, x25519.pk, KEY_BYTES);
}

/* --- bodies -------------------------------------------------------------------------- */

static void expand(Driver *driver, const char *text, size_t n, UnixMs now, GString *out);

static void
append_hex(GString *out, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%02x", bytes[i]);
}

static void
append_signature(Driver *driver, const char *text, size_t n, UnixMs now, GString *out)
{
    g_autoptr(GString) message = g_string_new(NULL);
    uint8_t signature[SIGNATURE_BYTES];
    g_autofree char *base64 = NULL;

    expand(driver, text, n, now, message);
    crypto_sign_message(&driver->crypto, &driver->identity, bytes_of_text(message->str),
                        signature);
    base64 = g_base64_encode(signature, sizeof signature);
    g_string_append(out, base64);
}

/* The text of a placeholder: "A", "S retrieve{T}". */
static void
append_placeholder(Driver *driver, const char *text, size_t n, UnixMs now, GString *out)
{
    switch (text[0]) {
    case 'A':
        append_hex(out, driver->account, ACCOUNT_BYTES);
        break;
    case 'E':
        append_hex(out, driver->identity.pk, KEY_BYTES);
        break;
    case 'T':
        g_string_append_printf(out, "%" G_GINT64_FORMAT, now);
        break;
    case 'H':
        g_string_append(out, driver->hash);
        break;
    case 'S':
        append_signature(driver, text + 2, n - 2, now, out);
        break;
    default:
        g_assert_not_reached();
    }
}

static bool
is_placeholder(const char *text, size_t left)
{
    return left > 2 && text[0] == '{' && strchr("AETHS", text[1]) != NULL &&
           (text[2] == '}' || text[2] == ' ');
}

static size_t
placeholder_length(const char *text)
{
    size_t depth = 0, n = 0;

    do {
        depth += text[n] == '{';
        depth -= text[n] == '}';
        n++;
    } while (depth > 0);
    return n;
}

static void
expand(Driver *driver, const char *text, size_t n, UnixMs now, GString *out)
{
    for (size_t i = 0; i < n;) {
        if (is_placeholder(text + i, n - i)) {
            size_t length = placeholder_length(text + i);

            append_placeholder(driver, text + i + 1, length - 2, now, out);
            i += length;
        } else {
            g_string_append_c(out, text[i++]);
        }
    }
}

/* --- steps --------------------------------------------------------------------------- */

/* The number in the plan of a node at a place (script.h). */
static uint32_t
node_at(const Driver *driver, int place)
{
    const Snapshot *snapshot = driver->snapshot;
    const Swarm *swarm = snapshot_swarm_of(snapshot, driver->account + 1);
    int wanted = place >= OTHERS ? place - OTHERS : place;

    for (uint32_t i = 0; i < driver->plan->nodes; i++) {
        NodeRecord record;
        int at;

        testbed_plan_record(driver->plan, i, &record);
        at = node_list_find_ed25519(snapshot->nodes, record.ed25519);
        g_assert(at >= 0);
        if ((snapshot->nodes->nodes[at].swarm_id == swarm->id) == (place < OTHERS) &&
            wanted-- == 0)
            return i;
    }
    g_assert_not_reached();
}

static Packet
wrap(Driver *driver, uint32_t node, const GString *body, Address *ret_guard)
{
    NodeRecord relay[HOPS - 1], last;
    OnionHop hops[HOPS - 1];
    OnionDestination destination = { 0 };
    OnionRandom random;
    Packet packet;

    for (int i = 0; i < HOPS - 1; i++) {
        testbed_plan_record(driver->plan, node_at(driver, FIRST_RELAY + i), &relay[i]);
        hops[i] = (OnionHop){ relay[i].ed25519, relay[i].x25519 };
    }
    testbed_plan_record(driver->plan, node, &last);
    destination.ed25519 = last.ed25519;
    destination.x25519 = last.x25519;
    port_random(driver->port, RANDOM_KEY, &random, sizeof random);
    g_assert(onion_wrap(&driver->crypto, ENC_AES_GCM, hops, HOPS - 1, &destination,
                        (Bytes){ (uint8_t *)body->str, body->len }, &random, &packet,
                        &driver->reply_key) == ST_OK);
    *ret_guard = address_of(relay[0].ip, relay[0].port_https);
    return packet;
}

static void
ask(Driver *driver, const Stage *stage, const Step *step)
{
    Order *order = g_new0(Order, 1);
    uint32_t node = node_at(driver, step->node);
    g_autoptr(GString) body = g_string_new(NULL);
    NodeRecord record;
    Packet packet;

    expand(driver, step->body, strlen(step->body), port_unix_ms(driver->port), body);
    driver->onion = step->onion;
    testbed_plan_record(driver->plan, node, &record);
    order->to = address_of(record.ip, record.port_https);
    order->kind = step->onion ? KIND_ONION : KIND_STORAGE_RPC;
    order->packet = step->onion
                        ? wrap(driver, node, body, &order->to)
                        : packet_of_bytes((Bytes){ (uint8_t *)body->str, body->len });
    packet = packet_of_blob(blob_from_object(&order_type, order, sizeof *order));
    fprintf(driver->out, "ask node %u\n", node);
    driver->waits_for_answer = true;
    stage->ask(stage->context, &packet);
    for (Duration waited = 0; driver->waits_for_answer && waited < 2 * PATIENCE;
         waited += STEP)
        stage->wait(stage->context, STEP);
}

void
driver_play(Driver *driver, const Stage *stage)
{
    for (size_t i = 0; i < script_steps; i++) {
        const Step *step = &script[i];

        if (step->fault != NULL) {
            fprintf(driver->out, "%s\n", step->fault);
            stage->fault(stage->context, step,
                         step->node < 0 ? UINT32_MAX : node_at(driver, step->node));
        } else {
            ask(driver, stage, step);
        }
        stage->wait(stage->context, step->waits ? TIMEOUTS : SETTLE);
    }
}
