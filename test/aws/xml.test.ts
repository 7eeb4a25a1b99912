import { parseXml } from '../../aws/xml';

test('lists are arrays however many they hold, and everything else is text', () => {
  const document = '<?xml version="1.0"?>\n<R xmlns="http://x/"><set><item><port>080</port></item></set><none/></R>';
  expect(parseXml(document)).toEqual({ R: { set: { item: [{ port: '080' }] }, none: '' } });
  expect(parseXml('<R><member>a</member><member>true</member></R>')).toEqual({ R: { member: ['a', 'true'] } });
});

test('what is escaped, quoted as a whole, or a comment', () => {
  expect(parseXml('<a><!-- <b> --><b>x &lt; y &amp;<![CDATA[<&]]></b></a>')).toEqual({ a: { b: 'x < y &<&' } });
});

test.each(['<a><b></a>', '<a>', 'Bad Gateway'])('%s is no XML', (document) => {
  expect(() => parseXml(document)).toThrow();
});
