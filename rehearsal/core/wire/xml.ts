import { XMLBuilder } from 'fast-xml-parser';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
  // Text may hold quotes as they are: JSON in it, of which stack events are full, is shorter so for writer and reader.
  processEntities: false,
  tagValueProcessor: (_name, value) => (typeof value === 'string' ? escaped(value) : value),
});

function escaped(text: string): string {
  return /[&<>]/.test(text) ? text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;') : text;
}

/** How lists and names are written: `<member>` in query protocols, `<item>` and lower case in EC2's. */
export interface XmlStyle {
  readonly listItem: string;
  readonly name: (name: string) => string;
}

/** One XML document from plain values and dates, which become ISO 8601; `namespace` is the root's. */
export function toXml(root: string, values: Readonly<Record<string, unknown>>, namespace?: string): string {
  const attributes = namespace === undefined ? {} : { '@xmlns': namespace };
  // The builder writes a Date as an empty element; JSON writes it as XML wants it.
  const content = JSON.parse(JSON.stringify(values)) as object;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { ...attributes, ...content } })}`;
}

/** A value in the form that the XML builder takes; absent members are left out, times are ISO 8601. */
export function styled(value: unknown, style: XmlStyle): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) {
    return value.length === 0 ? '' : { [style.listItem]: value.map((item) => styled(item, style)) };
  }
  if (typeof value === 'string') return xmlText(value);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined && member !== null);
  if (members.length === 0) return '';
  return Object.fromEntries(members.map(([name, member]) => [style.name(name), styled(member, style)]));
}

/** XML 1.0 has no way to write most control characters. */
export function xmlText(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ufffd]/g, '\ufffd');
}
