import { XMLParser } from 'fast-xml-parser';

/** An element's children by name, as text where it has none; repeated ones are arrays. */
export type XmlValue = string | XmlElement | readonly XmlValue[];
export interface XmlElement {
  readonly [name: string]: XmlValue;
}

// What the list elements of AWS's query protocols are called: always arrays, however many there are.
const parser = new XMLParser({
  parseTagValue: false,
  ignoreDeclaration: true,
  isArray: (name) => name === 'member' || name === 'item',
});

/**
 * The XML that AWS's query APIs answer.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @throws Error for what is no XML
 */
export function parseXml(document: string): XmlElement {
  return parser.parse(document, true) as XmlElement;
}
