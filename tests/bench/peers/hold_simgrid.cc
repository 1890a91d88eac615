/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HOLD in SimGrid's kernel timers: PENDING EVENTS timer.  Its clock is a double of seconds,
 * so its check is not that of the others. */
#include "model.hpp"

#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>

namespace {

using simgrid::kernel::timer::Timer;
using simgrid::s4u::Engine;

model::Hold *hold;

void happen()
{
    hold->happened(static_cast<uint64_t>(Engine::get_clock() * 1e9));
    Timer::set(Engine::get_clock() + hold->increment() * 1e-9, happen);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    Engine engine(&argc, argv);
    auto *zone = simgrid::s4u::create_full_zone("zone");
    auto *host = zone->create_host("host", 1e9);

    zone->seal();
    model::Hold own(std::atoll(argv[1]), std::atoll(argv[2]));
    hold = &own;
    for (long i = std::atol(argv[1]); i > 0; i--)
        Timer::set(own.increment() * 1e-9, happen);
    own.full();
    /* Without an actor that waits, the engine ends. */
    simgrid::s4u::Actor::create("waits", host, [] { simgrid::s4u::this_actor::sleep_for(1e9); });
    engine.run();
    return 1;
}
