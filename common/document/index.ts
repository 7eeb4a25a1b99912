/** Files that people write, YAML or JSON: read with every problem in its place. */
export { didYouMean, nearest } from './nearest';
export { DocumentError, type PlacedDocument, parseDocumentText, readDocument } from './read';
