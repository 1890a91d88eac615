/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger's words. */
#include "sim/measure/ledger.h"

#include "clients/session/session.h"

#include <inttypes.h>
#include <stdio.h>

const char *
fate_name(Fate fate)
{
    static const char *const names[FATES] = {
        [FATE_DELIVERED] = "delivered",
        [FATE_PENDING] = "pending",
        [FATE_EXPIRED_UNREAD] = "expired_unread",
        [FATE_NEVER_ACCEPTED] = "never_accepted",
        [FATE_ACKNOWLEDGED_NEVER_STORED] = "acknowledged_never_stored",
        [FATE_LOST] = "lost",
    };

    return (unsigned)fate < FATES ? names[fate] : "unknown";
}

const char *
cause_name(Cause cause)
{
    static const char *const names[CAUSE_SEND_FAILURE] = {
        [CAUSE_NONE] = "none",
        [CAUSE_NO_REPLICA_LEFT] = "no replica left",
        [CAUSE_STRANDED] = "stranded outside the swarm",
        [CAUSE_MISFILED] = "misfiled under another namespace",
        [CAUSE_HOLDERS_DOWN] = "holders down",
        [CAUSE_BEHIND_CURSOR] = "behind the cursor",
        [CAUSE_NOT_YET_POLLED] = "no holder polled yet",
        [CAUSE_RECIPIENT_AWAY] = "recipient away",
        [CAUSE_IN_OUTBOX] = "in the sender's outbox",
        [CAUSE_PATH_FAILURES] = "attempts failed before one was accepted",
        [CAUSE_FILE_AWAITED] = "its file is being fetched",
        [CAUSE_FILE_GONE] = "its file has expired",
        [CAUSE_FILE_UNREACHABLE] = "its file could not be fetched",
        [CAUSE_FILE_CHANGED] = "its file is not what was sent",
        [CAUSE_FILE_TOO_MANY] = "too many files are waited for",
        [CAUSE_NO_KEY] = "no key opens it",
        [CAUSE_NO_MEMBER] = "no member wrote it, says the recipient",
        [CAUSE_POLLED_WITHOUT] = "polled members without it",
    };

    if ((unsigned)cause >= CAUSES)
        return "unknown";
    if (cause >= CAUSE_SEND_FAILURE)
        return send_failure_name((SendFailure)(cause - CAUSE_SEND_FAILURE));
    return names[cause];
}

void
ledger_event_text(const LifeEvent *e, char *text, size_t size)
{
    switch ((int)e->what) {
    case LEDGER_WRITTEN:
        snprintf(text, size, "client %" PRIu32 " writes it to client %" PRIu64, e->who,
                 e->detail);
        break;
    case LEDGER_PUT:
        snprintf(text, size, "node %" PRIu32 " stores it in namespace %" PRId64, e->who,
                 (int64_t)e->detail);
        break;
    case LEDGER_PUT_REFUSED:
        snprintf(text, size, "node %" PRIu32 " has no room for it", e->who);
        break;
    case LEDGER_DISK_GONE:
        snprintf(text, size,
                 "the disk of node %" PRIu32 " is gone; %" PRIu64 " copies remain", e->who,
                 e->detail);
        break;
    case LEDGER_DROPPED:
        snprintf(text, size,
                 "power loss takes it from node %" PRIu32 "; %" PRIu64 " copies remain",
                 e->who, e->detail);
        break;
    case NOTE_SEALED:
        snprintf(text, size, "sealed for attempt %" PRIu64, e->detail);
        break;
    case NOTE_ATTEMPT:
        snprintf(text, size, "attempt %" PRIu64 " goes out", e->detail);
        break;
    case NOTE_ATTEMPT_FAILED:
        snprintf(text, size, "attempt failed: %s",
                 send_failure_name((SendFailure)e->detail));
        break;
    case NOTE_ACCEPTED:
        snprintf(text, size, "acknowledged on attempt %" PRIu64, e->detail);
        break;
    case NOTE_GIVEN_UP:
        snprintf(text, size, "given up: %s", send_failure_name((SendFailure)e->detail));
        break;
    case NOTE_OPENED:
        snprintf(text, size, "client %" PRIu32 " opens it%s", e->who,
                 e->detail != 0 ? " once more (hidden as a duplicate)" : "");
        break;
    case NOTE_POINTER:
        snprintf(text, size, "client %" PRIu32 " opens it, and fetches its file", e->who);
        break;
    case NOTE_FILE_LOST:
        snprintf(text, size, "%s", cause_name((Cause)(CAUSE_FILE_GONE + (int)e->detail)));
        break;
    default:
        snprintf(text, size, "%s", note_kind_name((NoteKind)e->what));
        break;
    }
}
