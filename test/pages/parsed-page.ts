/** A page as a browser reads it, by the parser of the HTML standard. */
import { type DefaultTreeAdapterTypes, parse, defaultTreeAdapter as tree } from 'parse5';

type Element = DefaultTreeAdapterTypes.Element;
type Parent = DefaultTreeAdapterTypes.ParentNode;

export function parsePage(html: string): Parent {
  return parse(html);
}

/** The elements below one, in order; of one name where it is given. */
export function all(parent: Parent, name?: string): Element[] {
  return parent.childNodes.flatMap((child) => {
    if (!tree.isElementNode(child)) return [];
    return [...(name === undefined || child.tagName === name ? [child] : []), ...all(child, name)];
  });
}

export function first(parent: Parent, name: string, isIt: (element: Element) => boolean = () => true): Element {
  const found = all(parent, name).find(isIt);
  if (!found) throw new Error(`The page has no such ${name}`);
  return found;
}

export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((each) => each.name === name)?.value;
}

export function textOf(parent: Parent): string {
  return parent.childNodes
    .map((child) => (tree.isTextNode(child) ? child.value : tree.isElementNode(child) ? textOf(child) : ''))
    .join('');
}

/** Which elements with which attributes are within each other, comments included, without any words. */
export function skeletonOf(parent: Parent): string {
  return parent.childNodes
    .map((child) => {
      if (!tree.isElementNode(child)) return tree.isTextNode(child) ? '' : child.nodeName;
      return `<${[child.tagName, ...child.attrs.map(({ name }) => name)].join(' ')}>${skeletonOf(child)}</>`;
    })
    .join('');
}
