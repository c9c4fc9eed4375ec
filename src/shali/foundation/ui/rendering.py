"""Django's own template language, rendered with less work; what a template means stays Django's.

A page of fifty rows resolves thousands of expressions. The usual ones take a short way here: a name and its attributes,
plain filters, words that are translated once for a language, addresses whose pattern is known. Whatever is unusual (a
method, a missing name, an error) goes Django's way from its beginning.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.template import base
from django.template.base import (
    FilterExpression,
    Lexer,
    Node,
    NodeList,
    Parser,
    Template,
    Token,
    Variable,
    VariableNode,
)
from django.template.defaulttags import URLNode
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

Context = Any  # the stubs of Django's templates know a part of what its contexts and parsers have
TO_ESCAPE = re.compile("[&<>\"']")
SIMPLE = re.compile("[A-Za-z0-9._-]+")
MARK = 7_000_017  # a number that no address has; finds the place of an argument


class QuickLoader(CachedLoader):
    """Finds and keeps templates as Django's loader does, and reads them with the parser below."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        key = self.cache_key(template_name, skip)
        known = self.get_template_cache.get(key)
        if isinstance(known, QuickTemplate):
            return known
        # Django's loader names its own class of templates; what it found is read again, once a process.
        found = super().get_template(template_name, skip)
        quick = QuickTemplate(found.source, found.origin, found.name, self.engine)
        self.get_template_cache[key] = quick
        return quick


class QuickTemplate(Template):
    def compile_nodelist(self) -> NodeList:
        engine = self.engine
        tokens = Lexer(self.source).tokenize()
        parser: Any = QuickParser(tokens, engine.template_libraries, engine.template_builtins, self.origin)
        nodes: NodeList = parser.parse()
        self.extra_data = parser.extra_data
        return nodes


class QuickParser(Parser):
    def compile_filter(self, token: str) -> FilterExpression:
        return QuickExpression(token, self)

    def extend_nodelist(self, nodelist: NodeList, node: Node, token: Token) -> None:
        super().extend_nodelist(nodelist, _quick(node), token)


def _quick(node: Node) -> Node:
    if type(node) is VariableNode:
        return QuickVariable(node.filter_expression)
    if type(node) is TranslateNode and _is_fixed(node):
        return OncePerLanguage(node)
    if type(node) is StaticNode and node.varname is None and not _is_name(node.path):
        return OncePerLanguage(node)
    if type(node) is BlockTranslateNode:
        return QuickSentence(node)
    if type(node) is URLNode and not node.kwargs and not _is_name(node.view_name):
        return QuickAddress(node)
    return node


def _is_name(expression: Any) -> bool:
    return bool(expression.is_var)


class QuickExpression(FilterExpression):
    """A name with attributes and plain filters; everything else is its parent's."""

    __slots__ = ("quick",)
    is_var: bool

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        self.quick = self.is_var and all(map(_is_plain, self.filters)) and self._looks_up()

    def _looks_up(self) -> bool:
        return self.var.lookups is not None and not self.var.translate

    def resolve(self, context: Context, ignore_failures: bool = False) -> Any:
        if self.quick:
            try:
                value = _look_up(self.var.lookups, context)
                for function, arguments in self.filters:
                    value = function(value, *[_argument(one, context) for one in arguments])
            except _Unusual:
                pass
            else:
                return value
        return super().resolve(context, ignore_failures)


class _Unusual(Exception):
    """Not for the short way."""


def _is_plain(one: tuple[Callable[..., Any], list[tuple[bool, Any]]]) -> bool:
    function, _ = one
    asks = ("expects_localtime", "needs_autoescape", "is_safe")
    return not any(getattr(function, name, False) for name in asks)


def _argument(one: tuple[bool, Any], context: Context) -> Any:
    is_name, argument = one
    return argument.resolve(context) if is_name else mark_safe(argument)  # noqa: S308  it stands in the template


def _look_up(lookups: tuple[str, ...], context: Context) -> Any:
    first = lookups[0]
    for names in reversed(context.dicts):
        if first in names:
            value = names[first]
            break
    else:
        raise _Unusual
    if callable(value):
        raise _Unusual
    for bit in lookups[1:]:
        if type(value) is dict:
            if bit not in value:
                raise _Unusual
            value = value[bit]
        elif hasattr(type(value), "__getitem__"):
            raise _Unusual
        else:
            try:
                value = getattr(value, bit)
            except Exception:
                raise _Unusual from None  # Django knows which of them are said, and which are silent
        if callable(value):
            raise _Unusual
    return value


class QuickVariable(VariableNode):
    def render_annotated(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str:
            return escape(value) if context.autoescape and TO_ESCAPE.search(value) else value
        return base.render_value_in_context(value, context)

    render = render_annotated


class OncePerLanguage(Node):
    """What depends on nothing but the language, or on nothing at all."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self.node, self.said = node, dict[str | None, str]()

    def render_annotated(self, context: Context) -> str:
        try:
            language = context.language_of_page
        except AttributeError:  # asked once a page and not for each of its hundreds of words
            language = context.language_of_page = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = self.node.render(context)
        return said

    render = render_annotated


def _is_fixed(node: TranslateNode) -> bool:
    words, about = node.filter_expression, node.message_context
    is_literal = isinstance(words.var, Variable) and words.var.lookups is None
    return node.asvar is None and is_literal and not words.filters and (about is None or not _is_name(about))


class QuickSentence(BlockTranslateNode):
    """A sentence whose text is put together once, and not for each row."""

    def __init__(self, node: BlockTranslateNode) -> None:
        self.__dict__ |= node.__dict__
        self.read = dict[int, tuple[str, list[str]]]()

    def render_token_list(self, tokens: list[Token]) -> tuple[str, list[str]]:
        known = self.read.get(id(tokens))
        if known is None:
            known = self.read[id(tokens)] = super().render_token_list(tokens)
        return known[0], list(known[1])


class QuickAddress(Node):
    """{% url %} with a fixed name: the address is put together from a pattern that Django wrote once."""

    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node = node

    def render(self, context: Context) -> str:
        node = self.node
        given = tuple(one.resolve(context) for one in node.args)
        address = address_of(node.view_name.var, *given) if all(map(_is_simple, given)) else None
        if address is None:
            return str(node.render(context))
        if node.asvar:
            context[node.asvar] = address
            return ""
        return address


def _is_simple(value: object) -> bool:
    return type(value) is int or (isinstance(value, str) and SIMPLE.fullmatch(value) is not None)


def address_of(name: str, *given: int | str) -> str | None:
    """Return what `reverse` does, for arguments of SIMPLE text and numbers alone; None where Django has to say it."""
    kinds = tuple(type(one) is int for one in given)
    pattern = _pattern(name, kinds, get_script_prefix(), get_urlconf())
    return pattern % given if pattern else None


@lru_cache(maxsize=1000)
def _pattern(name: str, are_numbers: tuple[bool, ...], _prefix: str, _urlconf: object) -> str | None:
    marks = [place + MARK if is_number else f"x{place + MARK}._-x" for place, is_number in enumerate(are_numbers)]
    try:
        address = reverse(name, args=marks).replace("%", "%%")
    except NoReverseMatch:
        return None
    for mark in marks:
        address = address.replace(str(mark), "%s")
    return address if address.count("%s") == len(marks) else None
