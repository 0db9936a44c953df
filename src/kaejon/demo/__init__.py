"""The synthetic province: Si Sa Ket's places and margins, invented people (ข้อมูลสมมติ)."""
