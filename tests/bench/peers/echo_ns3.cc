/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Echo in ns-3 without a network stack: HOSTS SECONDS SCHEDULER.  A message is a Packet of
 * 1,000 real bytes that an event in the receiver's context delivers. */
#include "model.hpp"

#include "ns3/core-module.h"
#include "ns3/network-module.h"

namespace {

uint32_t hosts;
uint64_t messages;
model::EchoDraws *draws;
uint8_t text[model::echo_bytes];

void send(uint32_t to, void (*deliver)(uint32_t, uint32_t, ns3::Ptr<ns3::Packet>),
          uint32_t from, const uint8_t *bytes)
{
    ns3::Simulator::ScheduleWithContext(to, ns3::MilliSeconds(50), deliver, to, from,
                                        ns3::Create<ns3::Packet>(bytes, model::echo_bytes));
}

void take_answer(uint32_t, uint32_t, ns3::Ptr<ns3::Packet>)
{
    messages++;
}

void take_request(uint32_t host, uint32_t from, ns3::Ptr<ns3::Packet> packet)
{
    uint8_t copy[model::echo_bytes];

    messages++;
    packet->CopyData(copy, sizeof copy);
    send(from, &take_answer, host, copy);
}

ns3::Time wait(uint32_t host)
{
    return ns3::NanoSeconds(static_cast<int64_t>(draws->wait_ns(host)));
}

void speak(uint32_t host)
{
    send(draws->pick(host), &take_request, host, text);
    ns3::Simulator::Schedule(wait(host), &speak, host);
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    hosts = static_cast<uint32_t>(std::atol(argv[1]));
    ns3::GlobalValue::Bind("SchedulerType",
                           ns3::StringValue(std::string("ns3::") + argv[3]));
    const double before = model::resident_bytes();
    model::EchoDraws own(hosts);

    draws = &own;
    for (uint32_t i = 0; i < hosts; i++)
        ns3::Simulator::ScheduleWithContext(i, wait(i), &speak, i);
    ns3::Simulator::Stop(ns3::Seconds(std::atof(argv[2])));
    const double begin = model::cpu_s();
    ns3::Simulator::Run();
    const double taken = model::cpu_s() - begin;
    model::report(static_cast<double>(messages) / taken,
                  (model::resident_bytes() - before) / hosts, messages);
}
