/**
 * Scenarios: role plays of conversations at work, from files that are checked when the gateway starts, and what a chat
 * service is told to play them. They know files and nothing else.
 */
export {
  type NextLine,
  nextLine,
  type PersonaIndex,
  scenarioInstructions,
  watchInstructions,
} from './instructions.ts';
export { counterpartOf, type Persona, partnerOf, type Scenario } from './scenario.ts';
export { ScenarioFilesError, Scenarios } from './scenarios.ts';
