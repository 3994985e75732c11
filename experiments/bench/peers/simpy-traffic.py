"""The traffic of a parameter server by SimPy's processes and stores: what `slackline bench simpy`
runs beside Slackline. Servers' links are first come, first served: sharing them would cost more.
Latency is modelled as in the example "Event latency" of SimPy's documentation.

    python simpy-traffic.py WORKERS SERVERS ITERATIONS BYTES_PER_SECOND BYTES COMPUTE

COMPUTE: a file of doubles, the seconds of each worker's iterations. Prints one line of JSON.
"""

import array
import json
import sys
import time

import simpy

LATENCY = 20e-6

workers, servers, iterations = (int(text) for text in sys.argv[1:4])
transfer = float(sys.argv[5]) / float(sys.argv[4])
compute = array.array("d")
with open(sys.argv[6], "rb") as file:
    compute.frombytes(file.read())
messages = 0

environment = simpy.Environment()


class Cable:
    def __init__(self):
        self.store = simpy.Store(environment)

    def latency(self, rank):
        yield environment.timeout(LATENCY)
        self.store.put(rank)

    def put(self, rank):
        environment.process(self.latency(rank))

    def get(self):
        return self.store.get()


inboxes = [Cable() for _ in range(servers)]
outboxes = [simpy.Store(environment) for _ in range(servers)]
answers = [Cable() for _ in range(workers)]


def worker(rank):
    for iteration in range(iterations):
        yield environment.timeout(compute[rank * iterations + iteration])
        for inbox in inboxes:
            inbox.put(rank)
        for _ in range(servers):
            yield answers[rank].get()


def link(source, forward):
    global messages
    while True:
        rank = yield source.get()
        yield environment.timeout(transfer)
        messages += 1
        forward(rank)


for rank in range(workers):
    environment.process(worker(rank))
for server in range(servers):
    environment.process(link(inboxes[server], outboxes[server].put))
    environment.process(link(outboxes[server], lambda rank: answers[rank].put(rank)))

# Of the processor: other programs on the machine take little of it.
began = time.process_time()
environment.run()
seconds = time.process_time() - began
print(json.dumps({"seconds": seconds, "messages": messages, "virtualSeconds": environment.now}))
