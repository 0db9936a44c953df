"""Sentences about a row or a list as the registry sees it: code → Thai, Thai remedy, English, English remedy."""

from __future__ import annotations

REGISTRY_MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "NUMBER_IN_TEXT": (
        "มีเลขประจำตัวประชาชนปนอยู่ในช่องข้อความ ระบบปิดบังไว้ให้เห็นเพียงสี่หลักท้าย",
        "ย้ายเลขไปไว้ในคอลัมน์เลขประจำตัวประชาชน และลบออกจากช่องข้อความในไฟล์ต้นฉบับ",
        "A text column holds a national ID number; only its last four digits are kept there.",
        "Put the number into the column for national IDs and take it out of the text in the list.",
    ),
    "AREA_OUTSIDE_SCOPE": (
        "รหัสพื้นที่ {value} อยู่นอกพื้นที่รับผิดชอบของผู้นำเข้า",
        "ส่งแถวนี้ให้เจ้าหน้าที่ของพื้นที่นั้น หรือขอสิทธิ์จากจังหวัด",
        "Area {value} lies outside the area you are responsible for.",
        "Send the row to the officer of that area, or ask the province for access.",
    ),
    "DUPLICATE_ROW": (
        "แถวนี้เหมือนกับแถวก่อนหน้าในไฟล์เดียวกันทุกช่อง",
        "ระบบนับเพียงครั้งเดียว ไม่ต้องแก้ไข",
        "The row is the same as an earlier row of this file.",
        "It counts once; nothing needs to be done.",
    ),
    "ID_TWICE_IN_FILE": (
        "เลขประจำตัวประชาชนนี้อยู่ในหลายแถวของไฟล์เดียวกัน",
        "ตรวจว่าเป็นคนเดียวกันหรือกรอกเลขของคนอื่น แล้วแก้ไขแถวที่ผิด",
        "This national ID stands on several rows of the same file.",
        "Check whether it is the same person or somebody else's number, and correct the wrong row.",
    ),
    "ID_OF_HEAD_IN_FILE": (
        "เลขประจำตัวประชาชนนี้เป็นของหัวหน้าครัวเรือนในอีกแถวของไฟล์เดียวกัน",
        "ตรวจเลขจากบัตรจริง ระบบเก็บแถวนี้ไว้โดยไม่ใช้เลขนี้",
        "This national ID is that of the head of the household on another row of the same file.",
        "Check the number on the card; the row is kept without using this number.",
    ),
    "ID_OF_ANOTHER": (
        "เลขประจำตัวประชาชนนี้เป็นของอีกคนในทะเบียน ซึ่งชื่อ ปีเกิด หรือเพศไม่ตรงกัน",
        "ตรวจเลขจากบัตรจริง ระบบเก็บแถวนี้ไว้โดยไม่ใช้เลขนี้",
        "This national ID belongs to another person of the registry, whose name and birth year or sex differ.",
        "Check the number on the card; the row is kept without using this number.",
    ),
    "ID_NAME_DIFFERS": (
        "เลขประจำตัวประชาชนตรงกับคนในทะเบียน แต่ชื่อต่างกัน และไม่มีปีเกิดให้เทียบ",
        "ตรวจเลขและชื่อจากบัตรจริง แถวนี้รอให้เจ้าหน้าที่ตัดสิน",
        "The national ID is that of a person of the registry, but the names differ and no birth year can tell.",
        "Check number and name on the card; the row waits for a decision.",
    ),
    "PROOF_WITHDRAWN": (
        "บัญชีที่เคยยืนยันว่าแถวนี้คือคนนี้ถูกถอนกลับแล้ว",
        "ดูว่าเป็นคนเดียวกันหรือไม่ แถวนี้รอให้เจ้าหน้าที่ตัดสิน",
        "The list that had linked this row to the person was taken back.",
        "Say whether it is the same person; the row waits for a decision.",
    ),
    "TOO_MANY_REJECTED": (
        "แถวที่ใช้ไม่ได้มี {share} เกินเกณฑ์ {limit} จึงยังไม่นำเข้า",
        "ดาวน์โหลดแถวที่ต้องแก้ไข แก้แล้วอัปโหลดใหม่ หรือตรวจการจับคู่คอลัมน์",
        "{share} of the rows were rejected, above the limit of {limit}; the list is not applied.",
        "Download the rejected rows, correct them and upload again, or check the column matching.",
    ),
    "TOO_MANY_REPEATED": (
        "แถวที่ซ้ำกันในไฟล์มี {share} เกินเกณฑ์ {limit} จึงยังไม่นำเข้า",
        "ตรวจว่าเป็นไฟล์ที่ถูกต้อง แล้วลบแถวที่ซ้ำก่อนอัปโหลดใหม่",
        "{share} of the rows repeat others, above the limit of {limit}; the list is not applied.",
        "Check that it is the right file, and remove repeated rows before uploading again.",
    ),
    "FILE_TOO_LARGE": (
        "ไฟล์ใหญ่เกิน {limit} เมกะไบต์",
        "แบ่งไฟล์ เช่น แยกตามอำเภอ แล้วอัปโหลดทีละไฟล์",
        "The file is larger than {limit} MB.",
        "Split it, for example by district, and upload the parts.",
    ),
    "YEAR_NOT_BE": (
        "ปี {year} ไม่ใช่ปี พ.ศ. ของบัญชีรายชื่อ",
        "ใส่ปีเป็น พ.ศ. เช่น 2568",
        "{year} is not a Buddhist Era year of a list.",
        "Give the year in the Buddhist Era, for example 2568.",
    ),
    "BATCH_STATE": (
        "บัญชีนี้อยู่ในสถานะ “{status}” จึงทำขั้นตอนนี้ไม่ได้ในขณะนี้",
        "เปิดหน้าบัญชีนี้อีกครั้งเพื่อดูสถานะล่าสุด",
        "The list is now “{status}”, so this step is not possible.",
        "Open the list again to see where it stands.",
    ),
    "BATCH_IN_USE": (
        "มี {count} ครัวเรือนที่มาจากบัญชีนี้เท่านั้น และมีบันทึก เครื่องหมาย คำยินยอม คำร้อง หรือการแบ่งปันข้อมูลแล้ว",
        "ลบหรือปิดรายการเหล่านั้นก่อน หรือคงบัญชีนี้ไว้",
        "{count} households that only this list brought already carry notes, marks, consents, requests or grants.",
        "Remove or close these first, or keep the list.",
    ),
}
