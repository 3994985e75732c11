import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Assignment,
  assemble,
  assign,
  localPositions,
  shardHolds,
  shardingStrategies,
  shardKeys,
  sliceFor,
  sliceUpdate,
  unitCount
} from '../../core/sharding.ts';
import { allKeys, type KeySet, keyCount, type Layout, layout } from '../../core/tensors.ts';
import { heatOfRows, keySets, layouts, shardings } from './model-arbitrary.ts';

const test = suite('sharding');
const runs = { numRuns: 300, seed: 20 };

/** The keys of a set, one by one, in the order of its vectors. */
function listKeys(keys: KeySet, size: number): readonly number[] {
  if (keys.kind === 'all') return Array.from({ length: size }, (_, key) => key);
  const listed: number[] = [];
  for (const { begin, end } of keys.ranges) for (let k = begin; k < end; k++) listed.push(k);
  for (const row of keys.rows) for (let k = 0; k < keys.width; k++) listed.push(row + k);
  return listed;
}

/** The keys of a shard, one by one. */
function listShard({ shards }: Assignment, server: number): readonly number[] {
  const { ranges } = shards[server]!;
  return listKeys({ kind: 'some', ranges, rows: new Uint32Array(), width: 1 }, 0);
}

function lengths(assignment: Assignment): readonly number[] {
  return assignment.shards.map(shard => shard.length);
}

const dense = (...sizes: number[]): Layout =>
  layout(sizes.map((size, i) => ({ name: `d${i}`, shape: [size], rows: false })));

const sharded = shardings.chain(({ model, assignment }) =>
  keySets(model).map(keys => ({ model, assignment, keys }))
);

test('every key is held by one server, and no row is split', () => {
  fc.assert(
    fc.property(shardings, ({ model, assignment }) => {
      const owner = new Map<number, number>();
      for (const { server } of assignment.shards) {
        const held = listShard(assignment, server);
        assert.is(held.length, assignment.shards[server]!.length);
        assert.ok(held.length > 0);
        for (const key of held) {
          assert.not(owner.has(key));
          owner.set(key, server);
        }
      }
      assert.is(owner.size, model.size);
      for (const { begin, end, unit } of model.tensors) {
        for (let key = begin; key < end; key++) {
          assert.is(owner.get(key), owner.get(begin + Math.floor((key - begin) / unit) * unit));
        }
      }
    }),
    runs
  );
});

test('an update cut into slices and assembled from them is the update', () => {
  fc.assert(
    fc.property(sharded, ({ model, assignment, keys }) => {
      const values = Float32Array.from(listKeys(keys, model.size), key => key + 0.5);
      const update = { keys, length: values.length, values };
      const parts = assignment.shards.map(({ server, length }) => {
        const held = shardKeys(assignment, server, keys);
        const slice = sliceUpdate(assignment, server, update)!;
        const list = keys.kind === 'all' ? listShard(assignment, server) : listKeys(held, length);
        assert.equal(
          [...slice],
          list.map(key => key + 0.5)
        );
        assert.is(slice.length, keyCount(held, length));
        return { server, version: 1, values: slice };
      });
      const out = new Float32Array(values.length).fill(Number.NaN);
      assemble(model, assignment, { keys, parts }, out);
      assert.equal(out, values);
    }),
    runs
  );
});

test('positions in a shard are where its vector holds the keys', () => {
  fc.assert(
    fc.property(sharded, ({ assignment, keys }) => {
      for (const shard of assignment.shards) {
        const held = shardKeys(assignment, shard.server, keys);
        const local = listKeys(localPositions(shard, held), shard.length);
        const shardList = listShard(assignment, shard.server);
        const expected = held.kind === 'all' ? shardList : listKeys(held, shard.length);
        assert.equal(
          local.map(position => shardList[position]),
          expected
        );
      }
    }),
    runs
  );
});

test('a shard holds the keys that are cut for it, and those of others only when it has them all', () => {
  fc.assert(
    fc.property(sharded, ({ assignment, keys }) => {
      for (const shard of assignment.shards) {
        assert.ok(shardHolds(shard, shardKeys(assignment, shard.server, keys)));
        if (keys.kind === 'all') continue;
        const own = new Set(listShard(assignment, shard.server));
        const all = listKeys(keys, assignment.size).every(key => own.has(key));
        assert.is(shardHolds(shard, keys), all);
      }
    }),
    runs
  );
});

test('a slice names the tensors that its ranges cover, in order and without gaps', () => {
  fc.assert(
    fc.property(sharded, ({ model, assignment, keys }) => {
      for (const { server, length } of assignment.shards) {
        const slice = sliceFor(model, assignment, server, keys);
        const held = shardKeys(assignment, server, keys);
        assert.is(slice.length, keyCount(held, length));
        const list = held.kind === 'all' ? listShard(assignment, server) : listKeys(held, length);
        let covered = 0;
        for (const { tensor, offset, length: run } of slice.pieces) {
          assert.is(offset, covered);
          for (let i = offset; i < offset + run; i++) {
            assert.ok(list[i]! >= tensor.begin && list[i]! < tensor.end);
          }
          covered += run;
        }
        const rows = held.kind === 'all' ? 0 : held.rows.length * held.width;
        assert.is(covered, slice.length - rows);
      }
    }),
    runs
  );
});

test('ranges and balanced shards of a dense model differ by one key at most', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 40 }), (some, servers) => {
      const model = dense(...some);
      fc.pre(servers <= model.size);
      for (const strategy of ['range', 'balanced'] as const) {
        const found = lengths(assign(model, servers, strategy));
        assert.ok(Math.max(...found) - Math.min(...found) <= 1, `${strategy}: ${found}`);
      }
    }),
    runs
  );
});

test('sparse shards are within a row of a fair share', () => {
  fc.assert(
    fc.property(layouts, fc.integer({ min: 1, max: 12 }), (model, servers) => {
      const row = Math.max(...model.tensors.map(tensor => tensor.unit));
      const share = model.size / servers;
      // With fewer keys a server than a row has, one unit each matters more than balance.
      fc.pre(servers <= unitCount(model) && share >= 2 * row);
      for (const length of lengths(assign(model, servers, 'range'))) {
        assert.ok(Math.abs(length - share) <= row);
      }
      for (const length of lengths(assign(model, servers, 'balanced'))) {
        assert.ok(length < share + row);
      }
    }),
    runs
  );
});

test('whole tensors go largest first to the least loaded server', () => {
  const { shards } = assign(dense(30, 50, 40, 20), 2, 'tensor');
  // 50 and 20 to the first, 40 and 30 to the second.
  assert.equal(shards[0]!.ranges, [
    { begin: 30, end: 80 },
    { begin: 120, end: 140 }
  ]);
  assert.equal(shards[1]!.ranges, [
    { begin: 0, end: 30 },
    { begin: 80, end: 120 }
  ]);
});

test('loads under whole tensors differ by the largest piece at most', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 12 }), (some, servers) => {
      const model = dense(...some);
      fc.pre(servers <= model.size);
      const found = lengths(assign(model, servers, 'tensor'));
      const piece = Math.min(Math.max(...some), Math.ceil(model.size / servers));
      assert.ok(Math.max(...found) - Math.min(...found) <= piece);
    }),
    runs
  );
});

test('a tensor is cut only where it is larger than a fair share', () => {
  const { shards } = assign(dense(10, 70, 10, 10), 4, 'tensor');
  assert.equal(
    shards.map(shard => shard.length),
    [24, 23, 23, 30]
  );
});

test('balanced shards keep the tensors whole that fit', () => {
  const { shards } = assign(dense(6, 90, 4), 2, 'balanced');
  assert.equal(shards[0]!.ranges, [{ begin: 6, end: 56 }]);
  assert.equal(shards[1]!.ranges, [
    { begin: 0, end: 6 },
    { begin: 56, end: 100 }
  ]);
});

test('frequent rows are spread: loads are within half of a row of a fair share at each cut', () => {
  fc.assert(
    fc.property(
      layouts,
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 40, maxLength: 40 }),
      (model, servers, heat) => {
        const frequencies = heatOfRows(model, heat);
        const weights: number[] = [];
        for (const { name, begin, end, unit } of model.tensors) {
          const frequency = frequencies.get(name);
          for (let key = begin; key < end; key++) {
            weights.push(
              frequency === undefined ? 1 : frequency[Math.floor((key - begin) / unit)]!
            );
          }
        }
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const row = Math.max(
          ...model.tensors.map(
            ({ name, unit }) => unit * Math.max(...(frequencies.get(name) ?? [1]))
          )
        );
        fc.pre(servers <= unitCount(model) && total / servers >= row);
        const assignment = assign(model, servers, 'frequency', frequencies);
        for (const { server } of assignment.shards) {
          const load = listShard(assignment, server).reduce((sum, key) => sum + weights[key]!, 0);
          assert.ok(load <= total / servers + row + 1e-9, `${load} of ${total} at ${server}`);
        }
      }
    ),
    runs
  );
});

test('one hot row takes a server for itself', () => {
  const model = layout([{ name: 'embedding', shape: [100, 4], rows: true }]);
  const heat = Array.from({ length: 100 }, (_, row) => (row === 50 ? 99 : 1));
  const { shards } = assign(model, 3, 'frequency', new Map([['embedding', heat]]));
  assert.equal(
    shards.map(shard => shard.length),
    [200, 4, 196]
  );
});

test('rows that were never updated are shared by size', () => {
  const model = layout([{ name: 'embedding', shape: [100, 4], rows: true }]);
  const heat = new Float32Array(100);
  const assignment = assign(model, 4, 'frequency', new Map([['embedding', heat]]));
  assert.equal(lengths(assignment), [100, 100, 100, 100]);
});

test('a shard of one range is cut from an update without a copy', () => {
  const assignment = assign(dense(10, 20), 3, 'range');
  const values = new Float32Array(30);
  const slice = sliceUpdate(assignment, 1, { keys: allKeys, length: 30, values })!;
  assert.is(slice.buffer, values.buffer);
  assert.is(slice.byteOffset, 40);
  const model = layout([{ name: 'embedding', shape: [10, 3], rows: true }]);
  const rows = Uint32Array.from([0, 6, 9, 21]);
  const keys: KeySet = { kind: 'some', ranges: [], rows, width: 3 };
  const two = assign(model, 2, 'range');
  assert.is(sliceUpdate(two, 0, { keys, length: 12, values: values.subarray(0, 12) })!.length, 9);
  const held = shardKeys(two, 0, keys);
  assert.is(held.kind === 'some' && held.rows.buffer, rows.buffer);
});

test('a timing-only update has slices without values', () => {
  const assignment = assign(dense(10), 2, 'range');
  assert.is(sliceUpdate(assignment, 1, { keys: allKeys, length: 10, values: null }), null);
});

test('the slice of the whole shard is made once', () => {
  const model = dense(10, 20);
  const assignment = assign(model, 2, 'range');
  const slice = sliceFor(model, assignment, 0, allKeys);
  assert.is(sliceFor(model, assignment, 0, allKeys), slice);
});

test('more servers than units is refused', () => {
  const model = layout([
    { name: 'embedding', shape: [2, 100], rows: true },
    { name: 'bias', shape: [1], rows: false }
  ]);
  for (const strategy of shardingStrategies) {
    assert.throws(() => assign(model, 4, strategy, new Map()), /4 servers cannot share 3 units/);
    assert.is(assign(model, 3, strategy, new Map()).shards.length, 3);
  }
  assert.throws(() => assign(model, 0, 'range'), /1 or more servers, not 0/);
});

test('frequencies that do not fit the model are refused', () => {
  const model = layout([
    { name: 'embedding', shape: [2, 100], rows: true },
    { name: 'bias', shape: [1], rows: false }
  ]);
  const by = (name: string, heat: number[]) => () =>
    assign(model, 2, 'frequency', new Map([[name, heat]]));
  assert.throws(() => assign(model, 2, 'frequency'), /needs the measured update frequencies/);
  assert.throws(by('bias', [1]), /name "bias"; the sparse tensors are: "embedding"/);
  assert.throws(by('embedding', [1]), /has 2 rows and 1 update frequencies/);
  assert.throws(by('embedding', [1, -1]), /row 1 of "embedding" has update frequency -1/);
});

test('parts that do not cover the keys are refused', () => {
  const model = dense(10);
  const assignment = assign(model, 2, 'range');
  const part = (server: number, length: number) => ({
    server,
    version: 0,
    values: new Float32Array(length)
  });
  const assembling = (parts: ReturnType<typeof part>[], size = 10) => {
    return () => assemble(model, assignment, { keys: allKeys, parts }, new Float32Array(size));
  };
  assert.throws(assembling([part(0, 5)]), /5 values for 10 keys/);
  assert.throws(assembling([part(0, 5), part(0, 5)]), /there twice/);
  assert.throws(assembling([part(0, 5), part(1, 4)]), /sent 4 values for 5 keys|RangeError/);
  assert.throws(assembling([part(0, 5), part(1, 5)], 9), /10 keys were to be assembled into 9/);
  assert.throws(assembling([part(0, 5), part(7, 5)]), /no server 7 among 2/);
});

test('keys that a shard does not hold have no positions in it', () => {
  const assignment = assign(dense(10), 2, 'range');
  const keys: KeySet = {
    kind: 'some',
    ranges: [{ begin: 4, end: 6 }],
    rows: new Uint32Array(),
    width: 1
  };
  assert.throws(() => localPositions(assignment.shards[0]!, keys), /does not hold all the keys/);
});

test.run();
