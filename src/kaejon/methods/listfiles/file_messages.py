"""Sentences about whole files and mappings: code → Thai, Thai remedy, English, English remedy."""

from __future__ import annotations

FILE_MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "EMPTY_FILE": (
        "ไฟล์ว่างเปล่า ไม่มีข้อมูลเลย",
        "เปิดไฟล์ดูว่ามีข้อมูล บันทึกใหม่ แล้วส่งอีกครั้ง",
        "The file is empty.",
        "Open the file, check that it holds data, save it again and upload it.",
    ),
    "NO_ROWS": (
        "ไฟล์มีแต่หัวตาราง ไม่มีแถวข้อมูล",
        "ใส่ข้อมูลใต้หัวตารางอย่างน้อยหนึ่งแถว",
        "The file has a header but no rows below it.",
        "Put at least one row of data under the header.",
    ),
    "NO_HEADER": (
        "หาแถวหัวตารางไม่พบใน 25 แถวแรก",
        "ใส่แถวหัวตารางที่มีชื่อคอลัมน์ เช่น ชื่อ นามสกุล บ้านเลขที่ ไว้เหนือข้อมูล",
        "No header row was found in the first 25 rows.",
        "Put a row of column names, such as name, family name, house number, above the data.",
    ),
    "DUPLICATE_HEADERS": (
        "มีชื่อคอลัมน์ซ้ำกัน: {columns}",
        "เปลี่ยนชื่อหรือลบคอลัมน์ที่ซ้ำ ให้แต่ละคอลัมน์มีชื่อไม่ซ้ำกัน",
        "Several columns have the same name: {columns}.",
        "Rename or delete the repeated columns so that every column has its own name.",
    ),
    "WRONG_FILE_TYPE": (
        "ไฟล์นี้เป็นไฟล์ชนิด {found} ไม่ใช่ตารางที่ระบบอ่านได้",
        "เปิดในโปรแกรมตารางคำนวณ แล้วบันทึกเป็น Excel (.xlsx) หรือ CSV",
        "This is a {found} file, not a table that can be read.",
        "Open it in a spreadsheet program and save it as Excel (.xlsx) or CSV.",
    ),
    "OLD_EXCEL_FILE": (
        "ไฟล์นี้เป็น Excel รุ่นเก่า (.xls) หรือเอกสาร Office รุ่นเก่า",
        "เปิดใน Excel แล้วเลือก บันทึกเป็น ชนิด .xlsx",
        "This is an old Excel (.xls) or Office file.",
        "Open it in Excel and save it as .xlsx.",
    ),
    "PASSWORD_PROTECTED": (
        "ไฟล์มีรหัสผ่าน ระบบจึงเปิดอ่านไม่ได้",
        "เปิดไฟล์ เอารหัสผ่านออก บันทึกใหม่ แล้วส่งอีกครั้ง",
        "The file is protected by a password.",
        "Open it, remove the password, save it and upload it again.",
    ),
    "BROKEN_FILE": (
        "ไฟล์เสียหายหรือบันทึกไม่ครบ เปิดอ่านไม่ได้",
        "เปิดไฟล์ต้นฉบับ บันทึกเป็น .xlsx ใหม่ แล้วส่งอีกครั้ง",
        "The file is damaged or incomplete and cannot be read.",
        "Open the original, save it as a new .xlsx and upload that.",
    ),
    "ZIP_BOMB": (
        "ไฟล์นี้คลายออกแล้วใหญ่ผิดปกติ ({reason}) ระบบจึงไม่เปิด",
        "คัดลอกเฉพาะข้อมูลไปไว้ในไฟล์ใหม่ หรือบันทึกเป็น CSV แล้วส่งอีกครั้ง",
        "The file unfolds to an abnormal size ({reason}) and was not opened.",
        "Copy only the data to a new file, or save it as CSV, and upload that.",
    ),
    "UNSAFE_XML": (
        "ไฟล์มีส่วนประกอบที่ไม่ปลอดภัย ระบบจึงไม่เปิด",
        "เปิดใน Excel แล้วบันทึกเป็น .xlsx ใหม่ หรือบันทึกเป็น CSV",
        "The file holds unsafe parts and was not opened.",
        "Open it in Excel and save it as a new .xlsx, or as CSV.",
    ),
    "LINE_TOO_LONG": (
        "บรรทัดที่ {line} ยาวเกิน {limit} ตัวอักษร จึงไม่ใช่ตาราง",
        "เปิดไฟล์ดูบรรทัดนั้น ขึ้นบรรทัดใหม่ให้แต่ละแถว แล้วบันทึกเป็น CSV ใหม่",
        "Line {line} is longer than {limit} characters: this is no table.",
        "Look at that line, give every row its own line and save the file as CSV again.",
    ),
    "NO_SUCH_ADDRESS": (
        "แผ่นงานมีช่องที่ตำแหน่ง “{cell}” ซึ่งไม่มีอยู่ในแผ่นงานใด ๆ (ช่องสุดท้ายคือ XFD1048576)",
        "เปิดใน Excel แล้วบันทึกเป็น .xlsx ใหม่ หรือคัดลอกเฉพาะข้อมูลไปไว้ในไฟล์ใหม่",
        "The sheet holds a cell “{cell}”, which no sheet has (the last one is XFD1048576).",
        "Open it in Excel and save it as a new .xlsx, or copy only the data to a new file.",
    ),
    "READING_TOO_LONG": (
        "อ่านไฟล์นี้นานเกิน {limit} วินาที ระบบจึงหยุดอ่าน",
        "แบ่งเป็นหลายไฟล์ หรือคัดลอกเฉพาะข้อมูลไปไว้ในไฟล์ใหม่แล้วบันทึกเป็น CSV",
        "Reading the file took longer than {limit} seconds and was ended.",
        "Split it, or copy only the data to a new file and save that as CSV.",
    ),
    "READING_TOO_LARGE": (
        "ไฟล์นี้คลายออกแล้วใหญ่เกินกว่าที่ระบบจะอ่านได้อย่างปลอดภัย",
        "คัดลอกเฉพาะข้อมูลไปไว้ในไฟล์ใหม่ หรือแบ่งเป็นหลายไฟล์ แล้วส่งอีกครั้ง",
        "Unfolded, the file is larger than can safely be read.",
        "Copy only the data to a new file, or split it, and upload that.",
    ),
    "NO_SUCH_SHEET": (
        "ไม่มีแผ่นงานชื่อ “{sheet}” ในไฟล์ (มี: {sheets})",
        "เลือกแผ่นงานที่มีอยู่ในไฟล์",
        "The file has no sheet “{sheet}” (it has: {sheets}).",
        "Choose one of the sheets in the file.",
    ),
    "TOO_MANY_ROWS": (
        "ไฟล์มีข้อมูลถึงแถว {found} เกินที่รับได้ {limit} แถว",
        "แบ่งเป็นหลายไฟล์ เช่น ไฟล์ละอำเภอ และลบค่าที่หลงอยู่ท้ายแผ่นงาน",
        "The file has values down to row {found}; at most {limit} rows are accepted.",
        "Split the file, for instance one per district, and delete stray values at its end.",
    ),
    "TOO_MANY_COLUMNS": (
        "ไฟล์มีข้อมูลเกิน {limit} คอลัมน์",
        "ลบคอลัมน์ที่ไม่ใช้และค่าที่หลงอยู่ทางขวาสุดของแผ่นงาน",
        "The file has values in more than {limit} columns.",
        "Delete unused columns and stray values at the far right of the sheet.",
    ),
    "TOO_MANY_CELLS": (
        "ตารางใหญ่เกินไป (แถวคูณคอลัมน์เกิน {limit} ช่อง)",
        "แบ่งเป็นหลายไฟล์ หรือลบคอลัมน์ที่ไม่ใช้",
        "The table is too large (rows times columns exceed {limit} cells).",
        "Split the file or delete unused columns.",
    ),
    "CELL_TOO_LONG": (
        "มีช่องที่ข้อความยาวเกิน {limit} ตัวอักษร",
        "ย่อข้อความในช่องนั้น แล้วส่งอีกครั้ง",
        "A cell holds more than {limit} characters.",
        "Shorten its text and upload the file again.",
    ),
    "UNKNOWN_ENCODING": (
        "อ่านตัวอักษรในบรรทัดที่ {line} ไม่ได้ (ไม่ใช่ UTF-8 และไม่ใช่ Windows-874/TIS-620 ตลอดทั้งไฟล์)",
        "ดูตัวอักษรในบรรทัดนั้น แล้วบันทึกใหม่เป็น CSV UTF-8 หรือ Excel (.xlsx)",
        "Characters in line {line} cannot be read: neither UTF-8 nor Windows-874 throughout.",
        "Look at that line, then save the file as CSV UTF-8 or Excel (.xlsx).",
    ),
    "NUL_CHARACTER": (
        "บรรทัดที่ {line} มีอักขระว่าง (NUL) ที่ไม่ควรมีในข้อความ",
        "ลบอักขระนั้น หรือเปิดใน Excel แล้วบันทึกใหม่เป็น CSV UTF-8 หรือ .xlsx",
        "Line {line} holds a NUL character, which no text has.",
        "Delete it, or open the file in Excel and save it as CSV UTF-8 or .xlsx.",
    ),
    "BROKEN_QUOTES": (
        "เครื่องหมายคำพูด (\") ที่แถว {line} เปิดแล้วไม่ปิด ปิดผิดที่ หรือกลืนแถวถัดไปเข้าไปในช่องเดียว",
        "แก้เครื่องหมายคำพูดในแถวนั้น หรือบันทึกเป็น Excel (.xlsx)",
        "A quotation mark at row {line} is never closed, closed in the wrong place, or takes the "
        "rows below into one cell.",
        "Mend the quotation marks in that row, or save the file as Excel (.xlsx).",
    ),
    "RAGGED_ROW": (
        "แถวที่ {line} มี {found} ช่อง แต่หัวตารางมี {width} ช่อง ข้อมูลอาจเลื่อนไปคนละคอลัมน์",
        "ตรวจตัวคั่น ({delimiter}) ในแถวนั้น ค่าที่มีตัวคั่นอยู่ข้างใน เช่น 36,000 ต้องอยู่ในเครื่องหมายคำพูด "
        "หรือบันทึกเป็น Excel (.xlsx)",
        "Row {line} has {found} cells, the header {width}: values may stand in another column.",
        "Check the separators ({delimiter}) of that row; put a value that holds one, such as "
        "36,000, in quotation marks, or save the file as Excel (.xlsx).",
    ),
    "UNKNOWN_FIELD": (
        "รูปแบบการจับคู่คอลัมน์อ้างถึงช่องข้อมูล “{field}” ที่ระบบไม่รู้จัก",
        "เลือกช่องข้อมูลใหม่จากรายการ แล้วบันทึกรูปแบบอีกครั้ง",
        "The mapping names the field “{field}”, which does not exist.",
        "Choose a field from the list and save the profile again.",
    ),
    "FIELD_MAPPED_TWICE": (
        "มีมากกว่าหนึ่งคอลัมน์จับคู่กับ “{field}”",
        "เลือกคอลัมน์เดียวสำหรับช่องข้อมูลนี้",
        "More than one column is mapped to “{field}”.",
        "Keep one column for this field.",
    ),
    "FIELD_REQUIRED": (
        "ยังไม่ได้จับคู่ข้อมูลที่จำเป็น ต้องมีอย่างน้อยหนึ่งอย่าง: {fields}",
        "เลือกคอลัมน์สำหรับช่องข้อมูลเหล่านี้ หรือกำหนดค่าคงที่",
        "Required data is not mapped; at least one is needed of: {fields}.",
        "Choose a column for one of these fields, or set a constant.",
    ),
    "AREA_NAMES_INCOMPLETE": (
        "มีชื่อตำบลแต่ไม่มีอำเภอหรือจังหวัด ตำบลชื่อซ้ำกันได้หลายแห่ง",
        "จับคู่คอลัมน์อำเภอและจังหวัด หรือกำหนดเป็นค่าคงที่ หรือใช้รหัสตำบล",
        "There is a tambon name without district or province; names repeat across provinces.",
        "Map the district and province columns, set them as constants, or use the tambon code.",
    ),
    "ITEMS_MISSING": (
        "ขาดข้อคำถาม {count} ข้อ: {fields}",
        "จับคู่คอลัมน์ให้ครบ ข้อที่ขาดจะคำนวณไม่ได้",
        "{count} items are not mapped: {fields}.",
        "Map them all; what depends on a missing item cannot be computed.",
    ),
    "FORMULA_CELLS": (
        "มีสูตร {count} ช่อง ({cells}) ระบบใช้ค่าที่บันทึกไว้ล่าสุด ไม่ได้คำนวณใหม่",
        "หากค่าไม่ตรง ให้คัดลอกแล้ววางเป็นค่า (Paste Values) แล้วส่งใหม่",
        "{count} cells hold formulas ({cells}); the last stored value is used, not computed anew.",
        "If a value is wrong, paste the cells as values and upload again.",
    ),
    "FORMULAS_NOT_COMPUTED": (
        "มีสูตรจำนวนมากที่ไม่มีผลลัพธ์หรือขึ้นค่าผิดพลาด เช่น {cells}",
        "เปิดใน Excel ให้คำนวณ คัดลอกแล้ววางเป็นค่า (Paste Values) บันทึก แล้วส่งใหม่",
        "Very many formulas have no stored result or show an error, such as {cells}.",
        "Open the file in Excel, paste the cells as values, save it and upload it again.",
    ),
    "OTHER_SHEETS": (
        "อ่านแผ่นงาน “{sheet}” เท่านั้น ยังมีแผ่นงานที่มีข้อมูลอีก {count} แผ่น",
        "หากต้องการแผ่นงานอื่น ให้เลือกแผ่นงานแล้วส่งแยกครั้ง",
        "Only sheet “{sheet}” is read; {count} other sheets hold data.",
        "To use another sheet, choose it and upload separately.",
    ),
    "HIDDEN_ROWS": (
        "มีแถวที่ซ่อนหรือถูกกรองไว้ {count} แถว ({rows}) ระบบอ่านแถวเหล่านี้ด้วย",
        "หากไม่ต้องการแถวเหล่านี้ ให้คัดลอกเฉพาะแถวที่มองเห็นไปไว้ในไฟล์ใหม่ แล้วส่งอีกครั้ง",
        "{count} rows are hidden, by hand or by a filter ({rows}); they are read, too.",
        "If they are not wanted, copy the visible rows to a new file and upload that.",
    ),
    "HIDDEN_COLUMNS": (
        "มีคอลัมน์ที่ซ่อนไว้: {columns} ระบบอ่านคอลัมน์เหล่านี้ด้วย",
        "หากไม่ต้องการ ให้ตั้งคอลัมน์นั้นเป็นไม่นำเข้า หรือลบออกจากไฟล์",
        "Columns are hidden: {columns}; they are read, too.",
        "If one is not wanted, set it to “do not bring in”, or delete it from the file.",
    ),
    "UNNAMED_COLUMNS": (
        "คอลัมน์ {columns} มีข้อมูลแต่ไม่มีชื่อ ระบบไม่ได้อ่าน",
        "ใส่ชื่อคอลัมน์ในหัวตารางหากต้องการใช้ข้อมูลนั้น",
        "Columns {columns} hold data but have no name and are not read.",
        "Name them in the header if the data is needed.",
    ),
}  # fmt: skip
