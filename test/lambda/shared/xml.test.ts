import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { parseXml } from '../../../lambda/shared/xml';

/** A parser for all of XML as oracle. */
const oracle = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'member' || name === 'item' });

const NAMES = ['member', 'item', 'Code', 'networkInterfaceSet', 'a'];
const escaped = (text: string) =>
  text.replace(/[<>&"']/g, (it) => `&${{ '<': 'lt', '>': 'gt', '&': 'amp', '"': 'quot', "'": 'apos' }[it] as string};`);
const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(fc.constantFrom(...NAMES), tie('content'), fc.constantFrom('', ' xmlns="http://x/"', ' a="b/c"'))
    .map(([name, content, attributes]) =>
      content === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`,
    ),
  content: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.stringMatching(/^[a-zA-Z0-9<>&"':/é.-]{0,12}$/).map(escaped),
    fc.array(tie('element'), { minLength: 1, maxLength: 4 }).map((all) => all.join('\n  ')),
  ),
}));

test('reads what AWS writes as a parser for all of XML does', () => {
  fc.assert(
    fc.property(element, (content) => {
      const document = `<?xml version="1.0" encoding="UTF-8"?>\n<Response>${content}</Response>\n`;
      const { Response } = oracle.parse(document) as { Response: unknown };
      expect(parseXml(document)).toEqual({ Response });
    }),
    { seed: 20261121, numRuns: 500 },
  );
});

test('comments, CDATA and numbers for characters', () => {
  expect(parseXml('<a><!-- <b> --><b>x<![CDATA[<&]]>&#233;&#x1F600;</b></a>')).toEqual({ a: { b: 'x<&é😀' } });
  expect(parseXml('<__proto__><a>1</a></__proto__>')).not.toHaveProperty('a');
});

test.each([
  ['<a><b></a>', '</a> where <b> is open'],
  ['<a>', '<a> is not closed'],
  ['</a>', '</a> where <> is open'],
  ['<a', 'no XML at character 0: <a'],
])('%s is no XML', (document, message) => {
  expect(() => parseXml(document)).toThrow(new SyntaxError(message));
});

test('depth and size cost time in proportion', () => {
  const depth = 100_000;
  expect(parseXml(`${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`)).toHaveProperty('a');
  for (const text of ['<', 'a', '<a ', '<!-- ', '<?', '&']) {
    expect(() => parseXml(`<${text.repeat(depth)}`)).toThrow(SyntaxError);
  }
});
