/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The models of bench/model.h for programs in other engines, draw for draw.  Each program
 * is called with a size, an amount and a mode, and prints one line:
 *   rate=PER_SECOND_OF_CPU_TIME bytes=PER_UNIT_OF_SIZE check=HEX */
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <unistd.h>
#include <vector>

namespace model {

inline uint64_t splitmix64(uint64_t &state)
{
    uint64_t z = state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* xoshiro256** */
class Xoshiro {
    uint64_t s[4];

    static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

public:
    explicit Xoshiro(uint64_t seed)
    {
        for (auto &word : s)
            word = splitmix64(seed);
    }

    uint64_t operator()()
    {
        const uint64_t word = rotate(s[1] * 5, 7) * 9;
        const uint64_t t = s[1] << 17;

        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = rotate(s[3], 45);
        return word;
    }
};

/* Exponential, mean 1 s, in nanoseconds. */
inline double exponential(uint64_t word)
{
    return -1e9 * std::log((static_cast<double>(word >> 11) + 0.5) / 9007199254740992.0);
}

inline double cpu_s()
{
    timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

inline double resident_bytes()
{
    long size = 0, resident = 0;

    if (FILE *f = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(f, "%ld %ld", &size, &resident) != 2)
            resident = 0;
        std::fclose(f);
    }
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

[[noreturn]] inline void report(double rate, double bytes, uint64_t check)
{
    std::printf("rate=%.3f bytes=%.1f check=%llx\n", rate, bytes,
                static_cast<unsigned long long>(check));
    std::fflush(stdout);
    _exit(0); /* tearing an engine down is none of the work */
}

/* HOLD: counts events, folds their times, ends the program after @events. */
class Hold {
    int64_t left;
    const double pending, events;
    bool warm = false;
    uint64_t check = 0;
    double begin_s = 0, before_bytes;

public:
    Xoshiro random{42};
    double full_bytes = 0; /* set when all are pending */

    Hold(int64_t pending, int64_t events)
        : left(pending < 300000 ? 3 * pending : pending / 2),
          pending(static_cast<double>(pending)), events(static_cast<double>(events)),
          before_bytes(resident_bytes())
    {
    }

    void full() { full_bytes = resident_bytes(); }

    double increment() { return exponential(random()); }

    void happened(uint64_t now_ns)
    {
        if (left-- == 0) {
            if (warm)
                report(events / (cpu_s() - begin_s), (full_bytes - before_bytes) / pending,
                       check);
            warm = true;
            left = static_cast<int64_t>(events) - 1;
            check = 0;
            begin_s = cpu_s();
        }
        check = check * 31 + now_ns;
    }
};

constexpr size_t echo_bytes = 1000;

/* What the hosts of the echo model draw. */
class EchoDraws {
    std::vector<uint64_t> state;

public:
    explicit EchoDraws(uint32_t hosts) : state(hosts)
    {
        for (uint32_t i = 0; i < hosts; i++)
            state[i] = i * uint64_t{0x1234567} + 99;
    }

    double wait_ns(uint32_t host) { return exponential(splitmix64(state[host])); }

    uint32_t pick(uint32_t host)
    {
        return static_cast<uint32_t>((splitmix64(state[host]) >> 32) * state.size() >> 32);
    }
};

} // namespace model
