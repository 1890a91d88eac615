/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Echo in SimGrid: HOSTS SECONDS star.  Hosts on a star of links of 25 ms; each has one
 * actor that speaks and one that listens at its mailbox. */
#include "model.hpp"

#include <simgrid/s4u.hpp>

namespace {

namespace s4u = simgrid::s4u;

struct Text {
    bool is_answer;
    uint32_t from;
    uint8_t bytes[model::echo_bytes];
};

uint32_t hosts;
uint64_t messages;
double seconds, begin_s, before_bytes;
model::EchoDraws *draws;
std::vector<s4u::Mailbox *> boxes;

void post(uint32_t to, Text *text)
{
    boxes[to]->put_init(text, model::echo_bytes)->detach();
}

void listen(uint32_t host)
{
    for (;;) {
        auto *text = boxes[host]->get<Text>();

        messages++;
        if (!text->is_answer) {
            auto *answer = new Text(*text);

            answer->is_answer = true;
            answer->from = host;
            post(text->from, answer);
        }
        delete text;
    }
}

void speak(uint32_t host)
{
    for (;;) {
        s4u::this_actor::sleep_for(draws->wait_ns(host) * 1e-9);
        if (s4u::Engine::get_clock() > seconds)
            model::report(static_cast<double>(messages) / (model::cpu_s() - begin_s),
                          (model::resident_bytes() - before_bytes) / hosts, messages);
        post(draws->pick(host), new Text{false, host, {}});
    }
}

s4u::Host *make_host(s4u::NetZone *zone, uint32_t number)
{
    const std::string name = std::to_string(number);
    auto *host = zone->create_host("host" + name, 1e9);
    auto *link = zone->create_split_duplex_link("link" + name, 1.25e7);

    link->set_latency(0.025);
    link->seal();
    zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr,
                    {{link, s4u::LinkInRoute::Direction::UP}}, false);
    zone->add_route(nullptr, host->get_netpoint(), nullptr, nullptr,
                    {{link, s4u::LinkInRoute::Direction::DOWN}}, false);
    host->seal();
    return host;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    s4u::Engine engine(&argc, argv);
    auto *zone = s4u::create_star_zone("zone");
    std::vector<s4u::Host *> all;

    hosts = static_cast<uint32_t>(std::atol(argv[1]));
    seconds = std::atof(argv[2]);
    before_bytes = model::resident_bytes();
    model::EchoDraws own(hosts);
    draws = &own;
    for (uint32_t i = 0; i < hosts; i++) {
        all.push_back(make_host(zone, i));
        boxes.push_back(s4u::Mailbox::by_name(std::to_string(i)));
    }
    zone->seal();
    for (uint32_t i = 0; i < hosts; i++) {
        boxes[i]->set_receiver(s4u::Actor::create("listens", all[i], [i] { listen(i); }));
        s4u::Actor::create("speaks", all[i], [i] { speak(i); });
    }
    begin_s = model::cpu_s();
    engine.run();
    return 1;
}
