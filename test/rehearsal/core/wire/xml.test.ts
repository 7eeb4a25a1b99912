import { assert, property, string } from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { toXml, xmlText } from '../../../../rehearsal/core/wire/xml';

const parser = new XMLParser({ trimValues: false, parseTagValue: false });

const readBack = (xml: string) => (parser.parse(xml) as { a: { b: string } }).a.b;

test('a client reads every text as it was written', () => {
  assert(
    property(string({ unit: 'grapheme' }), (text) => {
      // A parser reads an empty element as an empty text, and line ends as \n.
      const written = xmlText(text).replace(/\r/g, '');
      expect(readBack(toXml('a', { b: written }))).toBe(written);
    }),
    { examples: [['<b>&amp;</b>'], [']]>'], ['{"a":"b\'c"}'], ['&#x41;'], ['\u0000\u001b']] },
  );
});

test('quotes in JSON stay as they are, dates are ISO 8601, and the namespace is the root’s', () => {
  const xml = toXml('a', { b: '{"c":1}', d: new Date(0), n: 1 }, 'http://x/');
  expect(xml).toContain('<a xmlns="http://x/"><b>{"c":1}</b><d>1970-01-01T00:00:00.000Z</d><n>1</n></a>');
});
