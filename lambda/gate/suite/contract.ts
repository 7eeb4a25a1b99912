/** What constructs and the command line use of suites: one reader and one check for all of them. */
export { bindVariables, isOpen, secretArns, validateSuite } from './index';
export { stringifyJson } from '../../shared/json/parse';
export { suiteSchema } from './format';
export { parseSuite, readSuite, SuiteError } from './read';
export type * from './model';
