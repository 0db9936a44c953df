"""A synthetic household for the sheets: every field filled, nobody real."""

from __future__ import annotations

from dataclasses import replace

from kaejon.sheets.folder import (
    CapitalLevel,
    FolderAssistance,
    FolderConflict,
    FolderMember,
    FolderProblem,
    FolderSheet,
    FolderSource,
    HouseholdHeading,
)

FAMILY = FolderSheet(
    folder_url="https://kaejon.example/folders/h7Qm2Kx9Tz",
    synthetic=True,
    household=HouseholdHeading(
        head_name="นางบุญมี ศรีสมบูรณ์",
        house_no="12/3",
        moo="7",
        village="บ้านโนนสมบูรณ์",
        tambon="หนองแก้ว",
        district="กันทรารมย์",
        province="ศรีสะเกษ",
        house_code="3303-000000-7",
        coordinates="15.1023, 104.5561",
    ),
    members=(
        FolderMember(
            name="นางบุญมี ศรีสมบูรณ์",
            relation="หัวหน้าครัวเรือน",
            sex="หญิง",
            age="67 ปี",
            life_stage="ผู้สูงอายุ",
            national_id="x-xxxx-xxxxx-12-3",
            marks=("เบาหวาน", "เดินลำบาก"),
        ),
        FolderMember(
            name="นายสมศักดิ์ ศรีสมบูรณ์",
            relation="บุตร",
            sex="ชาย",
            age="41 ปี",
            life_stage="วัยทำงาน",
            national_id="x-xxxx-xxxxx-45-6",
        ),
        FolderMember(
            name="นางสาวประภัสสร วงศ์สุวรรณรัตน์",
            relation="บุตรสะใภ้",
            sex="หญิง",
            age="38 ปี",
            life_stage="วัยทำงาน",
            national_id="x-xxxx-xxxxx-78-9",
        ),
        FolderMember(
            name="เด็กชายธีรภัทร ศรีสมบูรณ์",
            relation="หลาน",
            sex="ชาย",
            age="11 ปี",
            life_stage="วัยเรียน",
            national_id="x-xxxx-xxxxx-01-2",
            marks=("ขาดเรียนบ่อย",),
        ),
    ),
    problems=(
        FolderProblem(
            text="มีโรคเรื้อรัง ยังไม่ได้รับการดูแลต่อเนื่อง",
            member="นางบุญมี ศรีสมบูรณ์",
            source="จปฐ. 2565",
            as_of="30 เม.ย. 2565",
            responsible="คณะทำงานด้านสุขภาพ",
        ),
        FolderProblem(
            text="ขาดเรียนบ่อยในภาคเรียนที่ผ่านมา",
            member="เด็กชายธีรภัทร ศรีสมบูรณ์",
            source="แบบสำรวจทุน 5 ด้าน 2567",
            as_of="12 ม.ค. 2567",
            responsible="คณะทำงานด้านการศึกษา",
        ),
        FolderProblem(
            text="บ้านทรุดโทรม หลังคารั่ว ฝาบ้านไม่แข็งแรง",
            source="แบบสำรวจทุน 5 ด้าน 2567",
            as_of="12 ม.ค. 2567",
            responsible="คณะทำงานด้านที่อยู่อาศัย",
        ),
        FolderProblem(
            text="ไม่มีเงินออม และมีหนี้นอกระบบ",
            source="บัญชีชุมชนตำบลหนองแก้ว 2567",
            as_of="1 มี.ค. 2567",
            responsible="คณะทำงานด้านเศรษฐกิจและรายได้",
        ),
    ),
    capitals=(
        CapitalLevel(name="ทุนมนุษย์", score="2.40", level=2, level_word="อยู่ยาก"),
        CapitalLevel(
            name="ทุนกายภาพ", score="1.68", level=1, level_word="อยู่ลำบาก", provisional=True
        ),
        CapitalLevel(name="ทุนการเงิน", score="2.25", level=2, level_word="อยู่ยาก"),
        CapitalLevel(
            name="ทุนธรรมชาติ", score="2.75", level=3, level_word="อยู่พอได้", provisional=True
        ),
        CapitalLevel(name="ทุนสังคม", score="3.30", level=4, level_word="อยู่ดี", provisional=True),
    ),
    overall=CapitalLevel(
        name="รวมทุกด้าน", score="2.48", level=2, level_word="อยู่ยาก", provisional=True
    ),
    definition="เกณฑ์ ppp-capitals รุ่น 2569.1 สำรวจ 12 ม.ค. 2567 ที่มา แบบสำรวจทุน 5 ด้าน",
    assistance=(
        FolderAssistance(
            what="ซ่อมหลังคาบ้าน (บ้านพอเพียง)",
            giver="สภาองค์กรชุมชนตำบลหนองแก้ว",
            date="5 มิ.ย. 2567",
            value="18,000 บาท",
        ),
        FolderAssistance(what="เตียงผู้ป่วย", giver="รพ.สต. หนองแก้ว", date="20 ส.ค. 2567"),
    ),
    sources=(
        FolderSource(
            name="TPMAP", year="2566", as_of="1 ต.ค. 2565", says="คนจนเป้าหมาย ด้านสุขภาพและรายได้"
        ),
        FolderSource(
            name="จปฐ.", year="2565", as_of="30 เม.ย. 2565", says="ตกเกณฑ์ข้อ 2 และข้อ 22 สมาชิก 4 คน"
        ),
        FolderSource(
            name="แบบสำรวจทุน 5 ด้าน",
            year="2567",
            as_of="12 ม.ค. 2567",
            says="ระดับอยู่ยาก สมาชิก 5 คน",
        ),
    ),
    conflicts=(
        FolderConflict(
            fact="จำนวนสมาชิก",
            values=(("4 คน", "จปฐ. 2565"), ("5 คน", "แบบสำรวจทุน 5 ด้าน 2567")),
        ),
    ),
    attention=("ผู้สูงอายุเดินลำบาก", "ยังไม่ได้ยืนยันในพื้นที่"),
    notes=("ครอบครัวสะดวกให้เยี่ยมช่วงเย็น ลูกชายทำงานรับจ้างรายวันในอำเภอ",),
    consent="ให้ความยินยอมเมื่อ 12 ม.ค. 2567 (มีเอกสารลงนาม)",
    printed_by="ปลัด อบต. หนองแก้ว",
    printed_at="21 พ.ย. 2569 09.30 น.",
)

LARGE_FAMILY = replace(
    FAMILY,
    members=tuple(
        replace(FAMILY.members[i % 4], name=f"นายสมาชิก{'กขคงจฉชซญดตถทธ'[i]} ศรีสมบูรณ์วงศ์ไพศาล")
        for i in range(14)
    ),
    problems=tuple(
        replace(FAMILY.problems[i % 4], text=f"{FAMILY.problems[i % 4].text} เรื่องที่ {i + 1}")
        for i in range(30)
    ),
    assistance=FAMILY.assistance * 6,
    sources=FAMILY.sources * 4,
    conflicts=FAMILY.conflicts * 7,
    attention=FAMILY.attention * 4,
    notes=FAMILY.notes * 8,
)
