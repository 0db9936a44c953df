"""Addresses of the picture's tables for its templates."""

from django import template

from kaejon.web.picture.asking import Question

register = template.Library()


@register.filter
def table_address(question: Question, table: str) -> str:
    """Where this table is fetched as a workbook."""
    return question.export(table)
