import "./charts/mount.js";
