// Only the parts of ECharts that the pages use.
import { init, registerMap, use } from "echarts/core";
import { BarChart, CustomChart, LineChart, MapChart, RadarChart, SankeyChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  RadarComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, CustomChart, LineChart, MapChart, RadarChart, SankeyChart, ScatterChart]);
use([AriaComponent, GeoComponent, GridComponent, LegendComponent, RadarComponent, TooltipComponent]);
use([VisualMapComponent, CanvasRenderer]);

export { init, registerMap };
