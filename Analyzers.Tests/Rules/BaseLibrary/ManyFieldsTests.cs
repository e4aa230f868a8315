using Xunit;

namespace BufferLifetime.Analyzers.Tests.Rules.BaseLibrary;

/// <summary>Types with more owning fields than their states together can be told apart: what has nothing to do with each other is followed apart.</summary>
public sealed class ManyFieldsTests
{
    /// <summary>Pins three buffers and keeps their addresses; <c>Drop</c> frees the pins.</summary>
    private static string Addresses(string dropHeader, string use = "byte* at = (byte*)_headerAt; at[0] = 1; return Send(_headerAt, _bodyAt, _trailerAt);") => Type($$"""
            private GCHandle _header, _body, _trailer;
            private nint _headerAt, _bodyAt, _trailerAt;
            private byte[]? _trailerBytes, _pinnedTrailer;

            public void SetTrailer(byte[] trailer) => _trailerBytes = trailer;

            public int Go(byte[] header, byte[] body)
            {
                PinTrailer();
                if (_headerAt == 0)
                {
                    _header = GCHandle.Alloc(header, GCHandleType.Pinned);
                    _headerAt = _header.AddrOfPinnedObject();
                }

                if (_bodyAt == 0)
                {
                    _body = GCHandle.Alloc(body, GCHandleType.Pinned);
                    _bodyAt = _body.AddrOfPinnedObject();
                }

                {{use}}
            }

            private void PinTrailer()
            {
                if (_trailerBytes == null)
                    throw new InvalidOperationException();

                if (_pinnedTrailer == _trailerBytes)
                    return;

                if (_trailer.IsAllocated)
                    _trailer.Free();

                _trailer = GCHandle.Alloc(_trailerBytes, GCHandleType.Pinned);
                _trailerAt = _trailer.AddrOfPinnedObject();
                _pinnedTrailer = _trailerBytes;
            }

            public void Drop()
            {
                if (_header.IsAllocated) { _header.Free(); {{dropHeader}} }
                if (_body.IsAllocated) { _body.Free(); _bodyAt = 0; }
                if (_trailer.IsAllocated) { _trailer.Free(); _pinnedTrailer = null; }
            }

            public void Dispose() => Drop();
        """);

    [Fact]
    public Task Address_that_outlives_its_pin_among_others_is_reported_where_it_is_read_again() =>
        RuleCode.VerifyAsync(Addresses("").Replace("(byte*)_headerAt;", "{|BUF2011:(byte*)_headerAt|};"));

    [Fact]
    public Task Address_that_is_cleared_with_its_pin_is_silent() => RuleCode.VerifyAsync(Addresses("_headerAt = 0;"));

    private static string Pins(string pinEntry) => Type($$"""
            private byte[]? _bytes, _one, _extra;
            private GCHandle _bytesPin, _entryPin, _extraPin;
            private nint _bytesAt, _entryAt, _extraAt;
            private byte[][]? _list;

            public void SetBytes(byte[]? bytes)
            {
                DropPins();
                _bytes = bytes;
                if (bytes != null)
                {
                    _bytesPin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
                    _bytesAt = _bytesPin.AddrOfPinnedObject();
                }
            }

            public int Receive()
            {
                _extra ??= new byte[40];
                if (!_extraPin.IsAllocated)
                {
                    _extraPin = GCHandle.Alloc(_extra, GCHandleType.Pinned);
                    _extraAt = _extraPin.AddrOfPinnedObject();
                }

                if (_bytes != null)
                {
                    _one ??= new byte[1];
                    {{pinEntry}}
                    _entryAt = Marshal.UnsafeAddrOfPinnedArrayElement(_one, 0);
                }

                return Send(_bytesAt, _entryAt, _extraAt);
            }

            private void DropPins()
            {
                if (_bytesPin.IsAllocated) { _bytesPin.Free(); _bytesAt = 0; }
                if (_entryPin.IsAllocated) { _entryPin.Free(); _entryAt = 0; }
                if (_extraPin.IsAllocated) { _extraPin.Free(); _extraAt = 0; }
            }

            public void Dispose() => DropPins();
        """);

    [Fact]
    public Task Pin_that_every_call_takes_anew_among_others_is_reported() =>
        RuleCode.VerifyAsync(Pins("{|BUF2012:_entryPin = GCHandle.Alloc(_one, GCHandleType.Pinned)|};"));

    [Fact]
    public Task Pin_that_is_taken_where_there_is_none_is_silent() =>
        RuleCode.VerifyAsync(Pins("if (!_entryPin.IsAllocated) _entryPin = GCHandle.Alloc(_one, GCHandleType.Pinned);"));

    [Fact]
    public Task What_has_nothing_to_do_with_the_fields_is_told_once() => RuleCode.VerifyAsync(Addresses(
        "_headerAt = 0;",
        "GCHandle own = GCHandle.{|BUF2001:Alloc|}(body, GCHandleType.Pinned); return Send(_headerAt, _bodyAt, _trailerAt);"));

    private static string Type(string members) => "using System.Runtime.InteropServices;\ninternal sealed unsafe class C : IDisposable\n{\n[DllImport(\"n\")] private static extern int Send(nint header, nint body, nint trailer);\n" + members + "\n}";
}
