import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { int8 } from '../../../core/compression/int8.ts';
import { feedback } from '../../../core/compression/memory.ts';
import { none } from '../../../core/compression/none.ts';
import {
  CompressorSchema,
  compressors,
  createCompressor,
  createMemory,
  formatCompressor,
  parseCompressor
} from '../../../core/compression/registry.ts';
import { topK } from '../../../core/compression/topk.ts';

const test = suite('compressors by name');

const shortForms = {
  none: none(),
  int8: int8(),
  'int8:256': int8({ block: 256 }),
  'int8:stochastic': int8({ rounding: 'stochastic' }),
  'int8:64:stochastic:feedback:decay=0.5': int8({
    block: 64,
    rounding: 'stochastic',
    memory: feedback({ decay: 0.5 })
  }),
  'topk:0.01': topK({ ratio: 0.01 }),
  'topk:0.01:no-feedback': topK({ ratio: 0.01, feedback: false }),
  'topk:1e-7': topK({ ratio: 1e-7 }),
  'topk:0.1:slice:smallest': topK({ ratio: 0.1, by: 'slice', indices: 'smallest' }),
  'topk:0.1:decay=0.9:on-drop=discard': topK({
    ratio: 0.1,
    feedback: feedback({ decay: 0.9, onDrop: 'discard' })
  })
};

test('a short form and its configuration are two ways to say one thing', () => {
  for (const [short, config] of Object.entries(shortForms)) {
    assert.equal(parseCompressor(short), config, short);
    assert.is(formatCompressor(config), short);
    assert.equal(CompressorSchema.parse(short), config);
    assert.equal(CompressorSchema.parse(JSON.parse(JSON.stringify(config))), config);
  }
  assert.equal(parseCompressor('topk:.5'), topK({ ratio: 0.5 }));
});

test('what is wrong with a short form is said with what would be right', () => {
  const refused: Record<string, RegExp> = {
    'tpk:0.1': /unknown compressor "tpk" \(did you mean "topk"\?\); there are none, int8, topk/,
    topk: /topk takes the share of values that is sent; write topk:<ratio>/,
    'topk:2': /1 at most/,
    'topk:0': /above 0/,
    'topk:-1': /above 0/,
    'topk:0.1:fast': /"fast" says nothing here; write topk:<ratio>/,
    'topk:0.1:no-feedback:decay=0.5': /no-feedback leaves nothing to say of feedback/,
    'topk:0.1:decay=2': /factor of 1 at most/,
    'topk:0.1:on-drop=never': /on-drop is "never"/,
    'int8:100': /multiple of 16/,
    'none:8': /none takes no argument: write "none"/
  };
  for (const [short, message] of Object.entries(refused)) {
    assert.throws(() => parseCompressor(short), message, short);
    const result = CompressorSchema.safeParse(short);
    assert.match(result.error?.issues.map(issue => issue.message).join() ?? '', message);
  }
});

test('a configuration with a field that is not known is refused', () => {
  assert.not(CompressorSchema.safeParse({ ...topK({ ratio: 0.1 }), ration: 1 }).success);
  assert.not(CompressorSchema.safeParse({ kind: 'topk', ratio: 0.1 }).success);
});

test('memories are there where something is lost', () => {
  assert.is(createMemory(none()), null);
  assert.is(createMemory(int8()), null);
  assert.is(createMemory(topK({ ratio: 0.1, feedback: false })), null);
  assert.ok(createMemory(topK({ ratio: 0.1 })) !== null);
});

test('the name on the wire is the kind, so that a decoder is found by it alone', () => {
  for (const kind of compressors.kinds()) {
    const config = Object.values(shortForms).find(form => form.kind === kind);
    assert.is(createCompressor(config!).format, kind);
  }
});

test.run();
