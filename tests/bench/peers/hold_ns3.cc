/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HOLD in ns-3: PENDING EVENTS SCHEDULER ("MapScheduler", ...). */
#include "model.hpp"

#include "ns3/core-module.h"

namespace {

model::Hold *hold;

ns3::Time wait()
{
    return ns3::NanoSeconds(static_cast<int64_t>(hold->increment()));
}

void happen()
{
    hold->happened(static_cast<uint64_t>(ns3::Simulator::Now().GetNanoSeconds()));
    ns3::Simulator::Schedule(wait(), &happen);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    ns3::GlobalValue::Bind("SchedulerType",
                           ns3::StringValue(std::string("ns3::") + argv[3]));
    ns3::Time::SetResolution(ns3::Time::NS);
    ns3::Simulator::Schedule(ns3::NanoSeconds(0), [] {});
    model::Hold own(std::atoll(argv[1]), std::atoll(argv[2]));
    hold = &own;
    for (long i = std::atol(argv[1]); i > 0; i--)
        ns3::Simulator::Schedule(wait(), &happen);
    own.full();
    ns3::Simulator::Run();
    return 1;
}
