import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import {
  formatShortForm,
  kindErrors,
  type ShortForms,
  withShortForms
} from '../../core/short-form.ts';

const test = suite('short forms');

const forms = {
  plain: { fields: [], example: 'plain' },
  sized: {
    fields: ['size', 'loud', 'ranks'],
    optional: { loud: false, ranks: [], note: '' },
    example: 'sized:4'
  }
} as const satisfies ShortForms<string>;

const schema = withShortForms(
  'thing',
  forms,
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('plain') }),
      z.strictObject({
        kind: z.literal('sized'),
        size: z.number().min(1),
        loud: z.boolean().default(false),
        ranks: z.array(z.number()).default([]),
        note: z.string().default('')
      })
    ],
    kindErrors('thing', forms)
  )
);

test('fields follow the kind in order, and may be left out from the end', () => {
  const sized = { kind: 'sized', size: 4, loud: false, ranks: [], note: '' };
  assert.equal(schema.parse('plain'), { kind: 'plain' });
  assert.equal(schema.parse('sized:4'), sized);
  assert.equal(schema.parse('sized:4:true'), { ...sized, loud: true });
  assert.equal(schema.parse('sized:0.4e1:false:[1,2]'), { ...sized, ranks: [1, 2] });
});

test('configuration is written as short as it can be read', () => {
  for (const short of ['plain', 'sized:4', 'sized:4:true', 'sized:4:false:[1,2]']) {
    assert.is(formatShortForm(forms, schema.parse(short)), short);
  }
});

test('what no short form says is written as JSON', () => {
  const noted = schema.parse({ kind: 'sized', size: 4, note: 'why' });
  assert.equal(schema.parse(JSON.parse(formatShortForm(forms, noted))), noted);
});

test('a form that is none says what would be right', () => {
  assert.throws(
    () => schema.parse('sized'),
    '"sized\\" is not the short form of sized: write sized:4'
  );
  assert.throws(() => schema.parse('sized:1:true:[1]:x'), 'write sized:4');
  assert.throws(() => schema.parse('plane'), /unknown thing .*plane.*did you mean .*plain/);
  assert.throws(() => schema.parse('toString'), 'unknown thing');
  assert.throws(() => schema.parse({ kind: 'round' }), 'there are plain, sized:4');
  assert.throws(() => schema.parse(7), 'expected a thing: plain, sized:4');
  assert.throws(() => schema.parse('sized:0'), 'size');
});

test.run();
