import type { Option } from 'commander';

/** What is to be known of an option beside its description: `needed, or PLAYGATE_KEY`, `one of json, csv`, `10 if left out`. */
export function optionNotes({ argChoices, defaultValue, envVar, mandatory }: Option): readonly string[] {
  const otherwise = envVar === undefined ? [] : [`or ${envVar}`];
  const need = [...(mandatory ? ['needed'] : []), ...otherwise].join(', ');
  return [
    ...(need === '' ? [] : [need]),
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(isTold(defaultValue) ? [`${defaultValue} if left out`] : []),
  ];
}

const isTold = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

/** For --help: `name of the shop (needed)`. */
export function describeOption(option: Option): string {
  const notes = optionNotes(option);
  return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
}
