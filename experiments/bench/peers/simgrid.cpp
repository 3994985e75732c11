// The traffic of a parameter server by SimGrid's s4u mailboxes: what `slackline bench simgrid` runs
// beside Slackline. A star of full-duplex hosts; each worker pulls, then computes and pushes to every
// server, `iterations` times; each server answers, at once (asp) or when all have pushed (bsp).
//
//   simgrid asp|bsp WORKERS SERVERS ITERATIONS BYTES_PER_SECOND PULL PUSH ANSWER LAST COMPUTE [--cfg=...]
//
// PULL, PUSH, ANSWER, LAST: bytes of a message; the answer to the last push is a short one. COMPUTE: a
// file of doubles, the seconds of each worker's iterations. Prints one line of JSON.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

namespace s4u = simgrid::s4u;

static const double portLatency = 10e-6;

struct Note {
  int worker;
  double answer;
};

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);
  if (argc < 11) return 2;
  const bool barrier = std::string(argv[1]) == "bsp";
  const int workers = std::atoi(argv[2]);
  const int servers = std::atoi(argv[3]);
  const int iterations = std::atoi(argv[4]);
  const double bandwidth = std::atof(argv[5]);
  const double pull = std::atof(argv[6]);
  const double push = std::atof(argv[7]);
  const double answer = std::atof(argv[8]);
  const double last = std::atof(argv[9]);
  std::vector<double> compute(static_cast<size_t>(workers) * iterations);
  std::ifstream(argv[10], std::ios::binary)
      .read(reinterpret_cast<char*>(compute.data()), compute.size() * sizeof(double));

  auto* zone = s4u::create_full_zone("star");
  std::vector<s4u::Host*> hosts;
  std::vector<s4u::Link*> up, down;
  for (int host = 0; host < workers + servers; host++) {
    const auto name = std::to_string(host);
    hosts.push_back(zone->create_host("h" + name, 1e9));
    up.push_back(zone->create_link("up" + name, bandwidth)->set_latency(portLatency)->seal());
    down.push_back(zone->create_link("down" + name, bandwidth)->set_latency(portLatency)->seal());
  }
  const auto route = [&](int from, int to) {
    zone->add_route(hosts[from]->get_netpoint(), hosts[to]->get_netpoint(), nullptr, nullptr,
                    {s4u::LinkInRoute(up[from]), s4u::LinkInRoute(down[to])}, false);
  };
  for (int worker = 0; worker < workers; worker++)
    for (int server = workers; server < workers + servers; server++) {
      route(worker, server);
      route(server, worker);
    }
  zone->seal();

  std::vector<s4u::Mailbox*> boxes;
  for (int host = 0; host < workers + servers; host++)
    boxes.push_back(s4u::Mailbox::by_name(std::to_string(host)));
  std::vector<Note> wishes, lastWishes;
  for (int worker = 0; worker < workers; worker++) {
    wishes.push_back({worker, answer});
    lastWishes.push_back({worker, last});
  }
  long messages = 0;

  // A permanent receiver: what is sent begins to flow at once, many at a time, as over TCP.
  for (int server = workers; server < workers + servers; server++)
    s4u::Actor::create("server", hosts[server], [&, server] {
      boxes[server]->set_receiver(s4u::Actor::self());
      const auto take = [&] {
        messages++;
        return boxes[server]->get<Note>();
      };
      const auto give = [&](const Note* note) {
        messages++;
        boxes[note->worker]->put_init(const_cast<Note*>(note), note->answer)->detach();
      };
      for (int worker = 0; worker < workers; worker++) give(take());
      std::vector<const Note*> waiting;
      for (int iteration = 0; iteration < iterations; iteration++) {
        for (int worker = 0; worker < workers; worker++) {
          const Note* note = take();
          if (barrier) waiting.push_back(note);
          else give(note);
        }
        for (const Note* note : waiting) give(note);
        waiting.clear();
      }
    });
  for (int worker = 0; worker < workers; worker++)
    s4u::Actor::create("worker", hosts[worker], [&, worker] {
      boxes[worker]->set_receiver(s4u::Actor::self());
      const auto exchange = [&](Note& note, double bytes) {
        for (int server = workers; server < workers + servers; server++)
          boxes[server]->put_init(&note, bytes)->detach();
        for (int server = 0; server < servers; server++) boxes[worker]->get<Note>();
      };
      exchange(wishes[worker], pull);
      for (int iteration = 0; iteration < iterations; iteration++) {
        s4u::this_actor::sleep_for(compute[static_cast<size_t>(worker) * iterations + iteration]);
        exchange(iteration + 1 < iterations ? wishes[worker] : lastWishes[worker], push);
      }
    });

  // Of the processor: other programs on the machine take little of it.
  const std::clock_t began = std::clock();
  engine.run();
  const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  std::printf("{\"seconds\":%.9f,\"messages\":%ld,\"virtualSeconds\":%.12f}\n", seconds,
              messages, s4u::Engine::get_clock());
}
