/** Every page there is, each in the frame that it is shown in. */
import type { BrandLook, PageLanguage } from '../../src/domain/brand-look.ts';
import type { Frame, View } from '../../src/pages/views.ts';
import { OPERATOR_VIEWS, operatorFrameIn } from './operator-samples.ts';
import { frameIn, viewsIn } from './samples.ts';

export interface SamplePage {
  readonly name: string;
  readonly frame: Frame;
  readonly view: View;
}

export function pagesIn(language: PageLanguage, look?: BrandLook): SamplePage[] {
  const pages = (views: Readonly<Record<string, View>>, frame: Frame, whose: string) =>
    Object.entries(views).map(([name, view]) => ({ name: whose + name, frame, view }));
  return [
    ...pages(viewsIn(language), frameIn(language, look), ''),
    ...pages(OPERATOR_VIEWS, operatorFrameIn(language), 'operator-'),
  ];
}
