/** What constructs and the command line use of suites: one reader and one check for all of them. */
export { bindVariables, isOpen, secretArns, validateSuite, withDefaults } from './validation';
export { stringifyJson } from '../../common/json/parse';
export { suiteSchema } from './format';
export { render, soleReference } from './templates';
export { parseSuite, readSuite, SuiteError } from './read';
export type * from './model';
