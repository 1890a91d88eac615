/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it really was: the table that scoring joins to the records (observation.h), and that
 * no attack opens.  Written by the world, which knows who made the first request of the
 * chain that an exchange belongs to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRUTH_NOBODY = UINT32_MAX };

/* Of the record at the same place of the log.  Records with the same (person, request) are
 * of one flow: one try of one onion request, or one direct request, of that person. */
typedef struct Truth {
    uint64_t request; /* the client's own number of it */
    uint32_t person;  /* whose client it began at; TRUTH_NOBODY: no client's */
} Truth;

/* Of one stored message, by observed_content(). */
typedef struct TruthContent {
    uint64_t content;
    uint64_t message; /* logical id; 0: a copy for one's own devices */
    uint32_t author, recipient;
} TruthContent;

typedef struct TruthLog TruthLog;

TruthLog *truth_log_new(void);
void truth_log_free(TruthLog *log); /* takes NULL */

/* In the order of the records. */
void truth_log_append(TruthLog *log, const Truth *truth);
void truth_log_add_content(TruthLog *log, const TruthContent *content);
/* Whose an address is, or an account (as numbered in the observation log). */
void truth_log_set_address(TruthLog *log, uint32_t ip, uint32_t person);
void truth_log_set_account(TruthLog *log, uint32_t account, uint32_t person);

size_t truth_log_count(const TruthLog *log);
const Truth *truth_log_all(const TruthLog *log);
/* NULL: no such message was sealed. */
const TruthContent *truth_log_content(const TruthLog *log, uint64_t content);
/* TRUTH_NOBODY: nobody's. */
uint32_t truth_log_address(const TruthLog *log, uint32_t ip);
uint32_t truth_log_account(const TruthLog *log, uint32_t account);

/* A control: people change places at random (a permutation from @seed) in every answer that
 * the table gives.  What an attack found out is then worth nothing. */
void truth_log_shuffle(TruthLog *log, uint32_t people, uint64_t seed);
