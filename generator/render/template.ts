// Mustache with nothing left to chance: no HTML escaping, and a missing name is our bug rather than a blank.
import mustache from 'mustache';

class StrictContext extends mustache.Context {
  override push(view: unknown): StrictContext {
    return new StrictContext(view, this);
  }

  override lookup(name: string): unknown {
    const value: unknown = super.lookup(name);
    if (value === undefined) throw new Error(`the template asks for {{${name}}}, which nobody gave`);
    return value;
  }
}

/** One for all: it keeps the templates that it parsed. */
const writer = new mustache.Writer();

/** Renders a template; every name it uses must be in the view (use `false` or `[]` to say no). */
export function renderTemplate(template: string, view: object): string {
  return writer.render(template, new StrictContext(view), undefined, { escape: String });
}
