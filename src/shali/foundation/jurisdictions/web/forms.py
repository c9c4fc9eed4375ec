from django import forms


class ProposeForm(forms.Form):
    """What somebody typed about a change; whether the tree takes it, the service says."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("rename", "move", "open", "close")])
    effective_on = forms.DateField()
    basis = forms.CharField(max_length=200)
    name = forms.CharField(max_length=60, required=False)
    name_en = forms.CharField(max_length=80, required=False)
    parent = forms.CharField(max_length=60, required=False)
    successor = forms.CharField(max_length=60, required=False)
