using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers;

/// <summary>Shows the flow of one body to every rule.</summary>
internal sealed class RuleReader : IFlowReader
{
    private readonly Rule[] _rules = RuleCatalogue.Create();
    private readonly Body _body;
    private readonly Findings _findings;
    private readonly TypeRecord? _record;
    private readonly TypeMember? _member;

    public RuleReader(Body body)
    {
        _body = body;
        _findings = new Findings(body);
    }

    public RuleReader(Body body, TypeMember member, TypeFlow type, TypeRecord record)
        : this(body)
    {
        _record = record;
        _member = member;
        foreach (Rule rule in _rules)
        {
            rule.OnMember(member, type);
        }
    }

    public void OnFact(Fact fact, PathSet before)
    {
        _record?.Note(_member!, fact, before);
        _findings.Meet(fact);
        foreach (Rule rule in _rules)
        {
            rule.OnFact(fact, before, _findings);
        }
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        var leaving = new Leaving(exit, returned, from, atExit);
        foreach (Rule rule in _rules)
        {
            rule.OnExit(leaving, _findings);
        }
    }

    public IEnumerable<Diagnostic> Finish()
    {
        foreach (Rule rule in _rules)
        {
            rule.OnEnd(_findings);
        }

        return _findings.ToDiagnostics();
    }
}
